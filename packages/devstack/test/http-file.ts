import { randomUUID } from 'node:crypto';

/** A request of a file in the format of VS Code's REST Client. Its texts may hold `{{variables}}`. */
export interface FileRequest {
  readonly title: string;
  /** What later requests call it. */
  readonly name: string | undefined;
  /** The status in the comment above it. */
  readonly expected: number;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | undefined;
}

/** A request that was sent under a name, and its answer. */
export interface Exchange {
  readonly request: { readonly headers: Headers };
  readonly response: { readonly headers: Headers; readonly body: unknown };
}

export interface HttpFile {
  readonly requests: readonly FileRequest[];
  readonly variables: ReadonlyMap<string, string>;
}

/** Parses such a file. @throws Error for a request that it cannot read, or that does not say what to expect. */
export function parseHttpFile(text: string): HttpFile {
  const assignments = text.matchAll(/^@(\w+) = (.+)$/gm);
  const variables = new Map([...assignments].map(([, name = '', value = '']) => [name, value]));
  const [, ...blocks] = text.replaceAll(/^@\w+ = .+$/gm, '').split(/^### /m);
  return { variables, requests: blocks.map(parseRequest) };
}

function parseRequest(block: string): FileRequest {
  const [title = '', ...lines] = block.split('\n');
  const comments = lines.filter((line) => line.startsWith('# ')).join('\n');
  const expected = /^# expect (\d{3})$/m.exec(comments)?.[1];
  const rest = lines.filter((line) => !line.startsWith('# ')).join('\n');
  const [head = '', ...paragraphs] = rest.trim().split('\n\n');
  const [first = '', ...headers] = head.split('\n');
  const [, method, url] = /^([A-Z]+) (\S+)$/.exec(first) ?? [];
  if (method === undefined || url === undefined) throw new Error(`${title}: cannot read "${first}"`);
  if (expected === undefined) throw new Error(`${title}: write "# expect <status>" above it`);
  return {
    ...{ title, name: /^# @name (\w+)$/m.exec(comments)?.[1], expected: Number(expected), method, url },
    headers: headers.map((line) => [line.replace(/:.*$/, ''), line.replace(/^[^:]+:\s*/, '')]),
    body: paragraphs.length === 0 ? undefined : paragraphs.join('\n\n'),
  };
}

/** Puts values in the place of `{{…}}`. @throws Error for what has no value. */
export function fillIn(
  text: string,
  variables: ReadonlyMap<string, string>,
  exchanges: ReadonlyMap<string, Exchange>,
): string {
  return text.replaceAll(/\{\{(.+?)\}\}/g, (_, reference: string) => {
    const variable = variables.get(reference);
    if (variable !== undefined) return fillIn(variable, variables, exchanges);
    const value = reference === '$guid' ? randomUUID() : lookUp(reference, exchanges);
    if (typeof value !== 'string') throw new Error(`{{${reference}}} has no value`);
    return value;
  });
}

/** `<name>.response.body.<member>`, `<name>.<request or response>.headers.<name>`. */
function lookUp(reference: string, exchanges: ReadonlyMap<string, Exchange>): unknown {
  const [name = '', side, part, member = ''] = reference.split('.');
  const exchange = exchanges.get(name);
  if (exchange === undefined || (side !== 'request' && side !== 'response')) return undefined;
  if (part === 'headers') return exchange[side].headers.get(member);
  const { body } = exchange.response;
  if (side === 'request' || part !== 'body' || typeof body !== 'object' || body === null) return undefined;
  return Object.entries(body).find(([key]) => key === member)?.[1];
}
