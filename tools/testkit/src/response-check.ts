import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { schemasOf, wordsFor } from './openapi/schemas.ts';
import { type ApiDocument, fragmentOf, readDocument } from './openapi-document.ts';

/** Paths that are not in the documents on purpose: probes, the document and its page, and operations for services. */
const undocumented = /^\/(?:livez|readyz|openapi\.json|docs(?:\/.*)?|internal\/.*)$/;

/** An app whose answers are compared with its document. */
export interface ResponseCheck {
  /** The app to serve in place of the original. */
  readonly listener: RequestListener;
  /** The number of compared answers. */
  checked(): number;
  /** Checks the answers so far. @throws Error naming those that the document does not describe */
  assertTrue(): void;
}

interface Answer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly type: string | undefined;
  readonly body: string;
}

/**
 * Compares every answer of an app with its API document: the status, the media type, and the body with its schema,
 * which for a problem names the codes of the status. A path that is not in the document must be refused (404, or 400 to
 * a Service-Token), a method that its path does not have as well: 405.
 */
export function checkResponses(app: RequestListener, document: object): ResponseCheck {
  const faults = new Set<string>();
  const faultsOf = createComparison(document);
  let checked = 0;
  return {
    listener(req, res) {
      const body = recordBody(res);
      const [method = '', path = ''] = [req.method, pathOf(req)];
      res.once('finish', () => {
        if (undocumented.test(path)) return;
        checked += 1;
        const type = res.getHeader('content-type')?.toString();
        const fault = faultsOf({ method, path, status: res.statusCode, type, body: body() });
        if (fault !== undefined) faults.add(`${method} ${path} answered ${res.statusCode}: ${fault}`);
      });
      app(req, res);
    },
    checked: () => checked,
    assertTrue() {
      if (faults.size > 0)
        throw new Error(`The API document does not describe these answers:\n${[...faults].join('\n')}`);
    },
  };
}

/** Describes the fault of an answer. */
function createComparison(source: object): (answer: Answer) => string | undefined {
  const document = readDocument(source);
  const schemas = schemasOf(document);
  const templates = templatesOf(document);

  return (answer) => {
    const { method, status, body } = answer;
    const path = templates(answer.path);
    if (path === undefined) return status >= 400 && status < 500 ? undefined : 'the path is not in the document';
    // HEAD is answered like GET, without content (RFC 9110 §9.3.2).
    const name = method === 'HEAD' ? 'get' : method.toLowerCase();
    const operation = document.paths[path]?.[name];
    if (operation === undefined) return refusesMethod(answer) ? undefined : 'the method is not in the document';
    const response = operation.responses[status];
    if (response === undefined) return `the document has ${Object.keys(operation.responses).join(', ')} only`;
    // Without parameters such as the charset, which are not in the document.
    const mediaType = (answer.type ?? '').replace(/;.*$/s, '');
    if (response.content === undefined) return body === '' ? undefined : 'the document has no content';
    if (response.content[mediaType] === undefined) return `the document does not have "${mediaType}"`;
    if (method === 'HEAD') return undefined;
    const place = ['paths', path, name, 'responses', String(status), 'content', mediaType, 'schema'];
    const validate = schemas(fragmentOf(...place));
    return validate(JSON.parse(body)) ? undefined : wordsFor(validate);
  };
}

function refusesMethod({ method, status }: Answer): boolean {
  return status === 405 || (method === 'OPTIONS' && status === 204);
}

/** Finds the template of a path. One without parameters has precedence: `/users/me` before `/users/{id}`. */
function templatesOf({ paths }: ApiDocument): (path: string) => string | undefined {
  const literal = (text: string) => text.replaceAll('.', '\\.');
  const patterns = Object.keys(paths).map((template) => ({
    template,
    pattern: new RegExp(
      `^${template
        .split(/\{\w+\}/)
        .map(literal)
        .join('[^/]+')}$`,
    ),
  }));
  return (path) => (path in paths ? path : patterns.find(({ pattern }) => pattern.test(path))?.template);
}

function pathOf({ url = '' }: IncomingMessage): string {
  return new URL(url, 'http://app').pathname;
}

/** Records the body of an answer. */
function recordBody(res: ServerResponse): () => string {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  for (const name of ['write', 'end'] as const) {
    const send = res[name];
    Reflect.set(res, name, (...args: unknown[]) => {
      keep(args[0]);
      return Reflect.apply(send, res, args);
    });
  }
  return () => Buffer.concat(chunks).toString();
}
