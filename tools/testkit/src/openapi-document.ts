/** The parts of an API document that tests read. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

/** A route of a document. */
export interface ApiOperation {
  readonly operationId?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly responses: Readonly<Record<string, ApiResponse>>;
}

/** The answer of a route with one status. Without `content` it has no body. */
export interface ApiResponse {
  readonly content?: Readonly<Record<string, object>>;
}

/** Lists the operations of a document, each with its path template. */
export function operationsOf({ paths }: ApiDocument): { path: string; method: string; operation: ApiOperation }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** Reads a document from its JSON text, as clients do. */
export function readDocument(document: object): ApiDocument {
  return JSON.parse(JSON.stringify(document));
}

/** The place of a part of a document: a JSON pointer as a URI fragment (RFC 6901 §6). */
export function fragmentOf(...keys: readonly string[]): string {
  return keys.map((key) => `/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
}
