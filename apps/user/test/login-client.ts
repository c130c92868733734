import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import request from 'supertest';
import { password } from './harness.ts';

/** Returns an IPv6 network of 48 bits that no other test uses. */
export const newNetwork = () => `2001:db8:${randomBytes(2).toString('hex')}`;
export const newAddress = () => `${newNetwork()}:1::1`;
export const newEmail = () => `${randomBytes(6).toString('hex')}@example.com`;
/** Returns a wrong password that no other test uses. */
export const newGuess = () => randomBytes(6).toString('hex');

/** Creates a client behind a trusted proxy, which sends requests from any address. */
export function createClient(server: () => Server) {
  const post = (path: string, address: string, body: object) =>
    request(server()).post(path).set('X-Forwarded-For', address).send(body);
  return {
    post,
    logIn: async (address: string, email: string, typed = password) =>
      post('/auth/login', address, { email, password: typed }),
  };
}

/** Runs work concurrently. */
export function many<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

/** Runs requests one after the other, and returns their statuses. */
export async function statuses(
  count: number,
  work: (index: number) => PromiseLike<{ status: number }>,
): Promise<number[]> {
  const all: number[] = [];
  for (let index = 0; index < count; index += 1) all.push((await work(index)).status);
  return all;
}
