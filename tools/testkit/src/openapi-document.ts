/** What the tests read of an API document. */
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, ApiOperation>>>>;
}

/** One route of a document. */
export interface ApiOperation {
  readonly operationId?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly responses: Readonly<Record<string, ApiResponse>>;
}

/** What a route may answer with one status. Without `content` the answer has no body. */
export interface ApiResponse {
  readonly content?: Readonly<Record<string, object>>;
}

/** The operations of a document, each with the path template it stands under. */
export function operationsOf({ paths }: ApiDocument): { path: string; method: string; operation: ApiOperation }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** Reads a document as its clients do: from the JSON text of it. */
export function readDocument(document: object): ApiDocument {
  return JSON.parse(JSON.stringify(document));
}

/** Where something stands in a document: a JSON pointer as a URI fragment (RFC 6901 §6). */
export function fragmentOf(...keys: readonly string[]): string {
  return keys.map((key) => `/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`).join('');
}
