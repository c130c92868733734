import type { Request, RequestHandler, Response, Router } from 'express';
import { jsonBody } from '../request/json-body.ts';
import { readBody, readParams, readQuery } from '../request/read.ts';
import { createRouter, methodsByPath, otherMethods } from './other-methods.ts';
import type { Answer, RouteHandlers, RouteSpec, Routes, Who } from './route.ts';

interface PublicRoutesOptions<W extends Who, R extends Routes<W>> {
  readonly routes: R;
  readonly handlers: RouteHandlers<R>;
  /** Creates the middleware that admits only these clients to a route. */
  readonly guard: (who: Exclude<W, 'anyone'>, name: keyof R) => readonly RequestHandler[];
}

/** The result of a handler of any route. */
interface AnyReply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}
type AnyHandler = (input: object, req: Request, res: Response) => Promise<AnyReply | undefined> | AnyReply | undefined;

/**
 * Creates the router of public routes from their definitions. A request passes the body parser, the guard, the schemas
 * of parameters, query and body, the reader of headers, and then the handler. OPTIONS is answered 204 with `Allow`;
 * methods that a path does not have are answered 405.
 *
 * @throws TypeError when a route has no handler
 */
export function publicRoutes<W extends Who, R extends Routes<W>>({
  routes,
  handlers,
  guard,
}: PublicRoutesOptions<W, R>): Router {
  const router = createRouter();
  const parseBody = jsonBody();
  // TypeScript checks each definition and handler where it is given; in this loop they share one type.
  const specs = new Map<string, RouteSpec<W>>(Object.entries(routes));
  const ownHandlers = new Map(Object.entries(handlers) as [string, AnyHandler][]);
  for (const [path, methods] of methodsByPath([...specs.keys()])) {
    const route = router.route(path);
    for (const method of methods) {
      const name = `${method} ${path}`;
      const [spec, handle] = [specs.get(name), ownHandlers.get(name)];
      if (spec === undefined || handle === undefined) throw new TypeError(`${name} has no handler`);
      const guards = spec.who === 'anyone' ? [] : guard(spec.who as Exclude<W, 'anyone'>, name);
      route[verbs[method as keyof typeof verbs]](parseBody, ...guards, async (req, res) => {
        const reply = await handle(readInput(req, spec), req, res);
        sendReply(req, res, answerOf(spec, reply?.status), reply ?? {});
      });
    }
    const { options, others } = otherMethods(methods);
    route.options(options).all(others);
  }
  return router;
}

const verbs = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

function readInput(req: Request, { params, query, body, headers }: RouteSpec): object {
  return {
    params: params && readParams(req, params),
    query: query && readQuery(req, query),
    body: body && readBody(req, body),
    headers: headers?.read(req),
  };
}

function answerOf({ answer, otherAnswer }: RouteSpec, status: number | undefined): Answer {
  return otherAnswer !== undefined && status === otherAnswer.status ? otherAnswer : answer;
}

/** Sends an answer. Does not check the body against its schema: only tests do. */
function sendReply(req: Request, res: Response, answer: Answer, { body, headers = {} }: AnyReply): void {
  res.statusCode = answer.status;
  if (answer.cacheControl !== undefined) res.setHeader('Cache-Control', answer.cacheControl);
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) res.setHeader(name, value);
  }
  if (answer.schema === undefined) {
    res.end();
    return;
  }
  if (answer.revalidated && req.fresh) {
    res.statusCode = 304;
    res.end();
    return;
  }
  const text = JSON.stringify(body);
  res.setHeader('Content-Type', `${answer.mediaType ?? 'application/json'}; charset=utf-8`);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(text);
}
