import type * as z from 'zod';
import { startDeadline } from '../deadline.ts';
import { calleeOf, type OperationPolicy } from '../operation.ts';
import { assertFunction, assertText } from '../options.ts';
import type { ServiceTokenSigner } from '../service-token-signer.ts';
import { maxAnswerBytes, readAnswer, readIssuedAfter } from './answer.ts';
import { createSender, type TimeLimit } from './send.ts';
import { buildTarget, type PathParams, type QueryParams } from './target.ts';
import { UpstreamError } from './upstream-error.ts';

/** An operation as its caller sees it. */
export interface ClientOperation extends OperationPolicy {
  readonly request: { readonly params?: z.ZodType; readonly query?: z.ZodType; readonly body?: z.ZodType };
  readonly response: z.ZodType;
}

/** The parts of a call, for any operation. */
interface CallParts {
  readonly params?: PathParams;
  readonly query?: QueryParams;
  readonly body?: unknown;
  readonly accessToken?: string | undefined;
}

type RequestOf<O extends ClientOperation> = {
  readonly [Part in keyof O['request']]: O['request'][Part] extends z.ZodType ? z.input<O['request'][Part]> : never;
} & (O['user'] extends 'required' ? { readonly accessToken: string } : { readonly accessToken?: undefined }) &
  CallParts;

export interface ServiceClientOptions<Operations extends Readonly<Record<string, ClientOperation>>> {
  /** The operations that this service may call at one callee. */
  readonly operations: Operations;
  /** Origin of the callee: `http://product:4002`. */
  readonly baseUrl: string;
  readonly signer: ServiceTokenSigner;
  /** Milliseconds from sending to the last byte of the answer; 3000 unless given. */
  readonly timeoutMs?: number;
  /** Additional headers for each call, such as `traceparent`. */
  readonly headers?: () => Readonly<Record<string, string>>;
}

export interface ServiceClient<Operations extends Readonly<Record<string, ClientOperation>>> {
  /**
   * Calls an operation with a new service token for this one request.
   *
   * @throws UpstreamError when the call does not succeed
   */
  call<Id extends keyof Operations & string>(
    id: Id,
    request: RequestOf<Operations[Id]>,
  ): Promise<z.output<Operations[Id]['response']>>;
}

/**
 * Creates the client of one callee. It can call only the given operations, and follows no redirect.
 *
 * @throws TypeError when an option is wrong or this service is not listed for an operation
 */
export function createServiceClient<Operations extends Readonly<Record<string, ClientOperation>>>(
  options: ServiceClientOptions<Operations>,
): ServiceClient<Operations> {
  const { operations, signer, timeoutMs = 3000, headers = () => ({}) } = options;
  const origin = readOrigin(options.baseUrl);
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1)
    throw new TypeError('timeoutMs must be a whole number above 0');
  assertFunction('headers', headers);
  assertFunction('signer.sign', signer?.sign);
  const send = createSender({ origin, maxBytes: maxAnswerBytes });
  for (const operation of Object.values(operations)) {
    if (!operation.callers.includes(signer.service)) {
      throw new TypeError(`${signer.service} may not call ${operation.id}`);
    }
  }

  return {
    async call(id, request) {
      const operation = operations[id];
      if (operation === undefined) throw new TypeError(`${id} is no operation of ${calleeOf({ id })}`);
      const { accessToken, ...parts }: CallParts = request;
      const target = buildTarget(operation.path, parts.params, parts.query);
      const url = new URL(target, origin);
      // The token is signed for the target, so a target that URL parsing would change is not sent.
      if (url.pathname + url.search !== target) throw new TypeError(`the target of ${id} does not survive as a URL`);
      const content = parts.body === undefined ? undefined : Buffer.from(JSON.stringify(parts.body));
      const limit: TimeLimit = { isOver: false, end: () => {} };
      const buildRequest = (issuedAfter?: number) => ({
        method: operation.method,
        target,
        headers: {
          ...headers(),
          accept: 'application/json',
          'service-token': signer.sign({ operation, target, content, accessToken, issuedAfter }),
          ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
          ...(content === undefined ? {} : { 'content-type': 'application/json' }),
        },
        content,
        limit,
      });
      const first = buildRequest();
      const cancelDeadline = startDeadline(timeoutMs, () => {
        limit.isOver = true;
        limit.end();
      });
      try {
        let answer = await send(first);
        const issuedAfter = readIssuedAfter(answer);
        // The callee rejected the token before it did any work, so a retry is safe: once, within the same time limit.
        if (issuedAfter !== undefined) answer = await send(buildRequest(issuedAfter));
        return readAnswer<Operations[typeof id]['response']>(id, answer, operation.response);
      } catch (error) {
        if (error instanceof UpstreamError) throw error;
        throw new UpstreamError(limit.isOver ? 'upstream_timeout' : 'unavailable', id, { cause: error });
      } finally {
        cancelDeadline();
      }
    },
  };
}

function readOrigin(baseUrl: string): URL {
  assertText('baseUrl', baseUrl);
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.href !== `${url.origin}/`) {
    throw new TypeError('baseUrl must be an http(s) origin without a path: the token is bound to the whole target');
  }
  return url;
}
