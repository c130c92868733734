import type { ErrorRequestHandler, Express, Request } from 'express';
import express from 'express';
import * as z from 'zod';
import {
  type CallDecision,
  type ReadPart,
  refusals,
  refuseServiceToken,
  requireCaller,
  serviceRouter,
  userOf,
} from '../src/express/index.ts';
import { listen, send, type WireRequest } from './http.ts';
import { createQuote, openDoor, readNote, setUpServiceCalls } from './service-calls.ts';

/** The operations of `product` in these tests. */
export const operations = {
  'product:quotes.create': {
    ...createQuote,
    id: 'product:quotes.create',
    user: 'none',
    request: { body: z.strictObject({ items: z.array(z.number()) }) },
    response: z.object({ total: z.int() }),
  },
  'product:notes.read': {
    ...readNote,
    id: 'product:notes.read',
    user: 'required',
    request: { params: z.strictObject({ id: z.string() }), query: z.strictObject({ full: z.string().optional() }) },
    response: z.object({ id: z.string(), reader: z.string() }),
  },
  'product:doors.open': {
    ...openDoor,
    id: 'product:doors.open',
    user: 'none',
    request: {},
    response: z.object({}),
  },
} as const;

class BadFields extends Error {
  readonly status = 422;
}

/** Reads the parts of a request; bad fields end with 422. */
export const read = { params: part('params'), query: part('query'), body: part('body') };

function part(name: 'params' | 'query' | 'body'): ReadPart {
  return (req, schema) => {
    const parsed = schema.safeParse(req[name]);
    if (!parsed.success) throw new BadFields(parsed.error.message);
    return parsed.data;
  };
}

/** Answers the errors that `refusals()` passes on: invalid fields, and faults without details. */
export const faults: ErrorRequestHandler = (error, _req, res, _next) => {
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  res.status(status).json({ code: status === 500 ? 'internal' : 'invalid_fields' });
};

/** The service `product` on a real port: its operations, one public route, and all that its handlers and its audit saw. */
export async function startQuoteService(
  onDecision?: (decision: CallDecision) => void,
  { knownSeconds, app = express() }: { readonly knownSeconds?: () => number; readonly app?: Express } = {},
) {
  const setUp = setUpServiceCalls();
  const { use } = setUp.store;
  const verifier = knownSeconds ? setUp.verifierWith({ singleUse: { use, knownSeconds } }) : setUp.verifier;
  const handled: { readonly id: string; readonly input: object; readonly caller: string }[] = [];
  const decisions: CallDecision[] = [];
  const note = (decision: CallDecision) => {
    decisions.push(decision);
    onDecision?.(decision);
  };
  app.disable('x-powered-by');
  app.use(
    serviceRouter({
      service: 'product',
      operations,
      read,
      guard: (operation) => requireCaller(operation, { verifier, onDecision: note }),
      handlers: {
        'product:quotes.create': async (input, { caller }) => {
          handled.push({ id: 'product:quotes.create', input, caller });
          return { total: input.body.items.length };
        },
        'product:notes.read': async (input, { caller, user }) => {
          handled.push({ id: 'product:notes.read', input, caller });
          return { id: input.params.id, reader: user?.sub ?? '' };
        },
        'product:doors.open': async (input, { caller }) => {
          handled.push({ id: 'product:doors.open', input, caller });
          return {};
        },
      },
    }),
  );
  app.use(refuseServiceToken(), express.json());
  app.all('/public', (req: Request, res) => void res.json({ body: req.body ?? null }));
  app.get('/unguarded', (req: Request, res) => void res.json(userOf(req)));
  app.use(refusals(), faults);
  const server = await listen(app);
  return { ...setUp, ...server, handled, decisions, send: (wire: WireRequest) => send(server.port, wire) };
}

/** A running quote service. */
export type QuoteService = Awaited<ReturnType<typeof startQuoteService>>;
