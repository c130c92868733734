import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import request from 'supertest';
import { password } from './harness.ts';

/** An IPv6 network of 48 bits that no other test uses. */
export const newNetwork = () => `2001:db8:${randomBytes(2).toString('hex')}`;
export const newAddress = () => `${newNetwork()}:1::1`;
export const newEmail = () => `${randomBytes(6).toString('hex')}@example.com`;
/** A wrong password that no other test uses. */
export const newGuess = () => randomBytes(6).toString('hex');

/** Sends requests that a trusted proxy has received from an address. */
export function createClient(server: () => Server) {
  const post = (path: string, from: string, body: object) =>
    request(server()).post(path).set('X-Forwarded-For', from).send(body);
  return {
    post,
    logIn: async (from: string, email: string, typed = password) =>
      post('/auth/login', from, { email, password: typed }),
  };
}

/** All at once. */
export function many<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

/** One after the other. */
export async function statuses(
  count: number,
  work: (index: number) => PromiseLike<{ status: number }>,
): Promise<number[]> {
  const all: number[] = [];
  for (let index = 0; index < count; index += 1) all.push((await work(index)).status);
  return all;
}
