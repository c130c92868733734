import type { Request, Response } from 'express';
import * as z from 'zod';
import type { ProblemCode } from '../problem/problem-codes.ts';

/** The schema of a time in an answer, RFC 3339 in UTC. A handler may return a `Date`: `JSON.stringify` writes it so. */
export const dateTime: z.ZodType<string, string | Date> = z.iso.datetime();

/** The name of a route: method and path template, such as `GET /orders/:id`. */
export type RouteName = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;

/**
 * The clients that a route admits:
 *
 * - `anyone`: every client.
 * - `own page`: every client, but a request that changes something must name an origin that the gateway trusts.
 * - `session`: the same, and the request has the gateway's session cookie.
 * - `scope`: a user whose access token has the scope.
 */
export type Who = 'anyone' | 'own page' | 'session' | { readonly scope: string };

/** A request header as the API document describes it, with the function that reads it. */
export interface HeaderInput<T = unknown> {
  readonly schema: z.ZodObject;
  /** Problem codes of `read`, and of a handler that uses its result. */
  readonly problems?: readonly ProblemCode[];
  readonly read: (req: Request) => T;
}

/** A successful answer. */
export interface Answer {
  readonly status: 200 | 201 | 202 | 204;
  readonly description: string;
  /** Absent for an answer without content. */
  readonly schema?: z.ZodType;
  /** `application/json` unless given. */
  readonly mediaType?: string;
  /** Headers that a handler may set, each with its meaning. */
  readonly headers?: Readonly<Record<string, string>>;
  /** `Cache-Control`; `no-store` unless given. */
  readonly cacheControl?: string;
  /** Whether `If-None-Match` with the answer's ETag is answered with 304. */
  readonly revalidated?: boolean;
}

/** A public route: everything about it but its handler. */
export interface RouteSpec<W extends Who = Who> {
  readonly who: W;
  /** A few words, without a full stop. */
  readonly summary: string;
  /** More sentences, for a client. */
  readonly details?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Read after the body: preconditions are checked last (RFC 9110 §13.2.1). */
  readonly headers?: HeaderInput;
  readonly body?: z.ZodType;
  /** An example of a body. */
  readonly example?: unknown;
  readonly answer: Answer;
  /** A second successful answer; the handler selects it by its `status`. */
  readonly otherAnswer?: Answer;
  /** Problem codes besides those that follow from the members above. */
  readonly problems?: readonly ProblemCode[];
}

/** Public routes by name. */
export type Routes<W extends Who = Who> = Readonly<Record<string, RouteSpec<W>>>;

/** Defines public routes. A route without `who` does not compile. */
export function defineRoutes<const Specs extends Routes>(
  routes: Specs & { readonly [Name in Exclude<keyof Specs, RouteName>]: never },
): Specs {
  return routes;
}

/** The readonly form of a JSON type, so that a handler may return data that it does not own. */
type Json<T> = T extends readonly (infer Item)[]
  ? readonly Json<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Json<T[Name]> }
    : T;

/** The input of a handler: the parts of the request that the route declares, as their schemas parsed them. */
type RouteInput<Spec extends RouteSpec> = {
  readonly [Part in keyof Spec & ('params' | 'query' | 'body')]: Spec[Part] extends z.ZodType
    ? z.output<Spec[Part]>
    : never;
} & { readonly [Part in keyof Spec & 'headers']: Spec[Part] extends HeaderInput<infer T> ? T : never };

type ReplyTo<A> = A extends Answer
  ? (A extends { readonly schema: infer S extends z.ZodType }
      ? { readonly body: Json<z.input<S>> }
      : { body?: never }) & {
      readonly headers?: { readonly [Name in keyof A['headers']]?: string };
    }
  : never;

/** The result of a handler: the body of the answer, and only headers that the route declares. */
type Reply<Spec extends RouteSpec> = Spec extends { readonly otherAnswer: infer Other extends Answer }
  ? ReplyTo<Spec['answer']> | (ReplyTo<Other> & { readonly status: Other['status'] })
  : Spec['answer'] extends { readonly schema: z.ZodType }
    ? ReplyTo<Spec['answer']>
    : // biome-ignore lint/suspicious/noConfusingVoidType: a handler without an answer body may return nothing.
      ReplyTo<Spec['answer']> | void;

/** One handler for each route. */
export type RouteHandlers<R extends Routes> = {
  readonly [Name in keyof R]: (
    input: RouteInput<R[Name]>,
    req: Request,
    res: Response,
  ) => Promise<Reply<R[Name]>> | Reply<R[Name]>;
};

/** Splits a route name into method and path template. */
export function splitRouteName(name: string): { readonly method: string; readonly path: string } {
  const [method = '', path = ''] = name.split(' ');
  return { method, path };
}

/** Returns every problem code of a route: its own, and those that follow from its guard, body, parameters and headers. */
export function problemsOf(
  name: RouteName,
  { who, body, query, params, headers, problems = [] }: RouteSpec,
): readonly ProblemCode[] {
  const codes: ProblemCode[] = [...problems, 'internal', 'unavailable', 'invalid_request', 'invalid_service_token'];
  codes.push(...problemsOfGuard(who, name.startsWith('GET ')), ...(headers?.problems ?? []));
  if (body !== undefined) codes.push('unsupported_media_type', 'payload_too_large', 'invalid_fields');
  if (query !== undefined) codes.push('invalid_fields');
  if (params !== undefined) codes.push('not_found');
  return [...new Set(codes)];
}

function problemsOfGuard(who: Who, isSafe: boolean): readonly ProblemCode[] {
  // A request that changes something is refused from a page of another origin.
  const pageCodes: readonly ProblemCode[] = isSafe ? [] : ['forbidden', 'unsupported_media_type'];
  if (who === 'anyone') return [];
  if (who === 'own page') return pageCodes;
  if (who === 'session') return ['no_session', ...pageCodes];
  return ['missing_token', 'invalid_token', 'token_expired', 'token_revoked', 'insufficient_scope'];
}
