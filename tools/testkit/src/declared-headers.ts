import { operationsOf, readDocument } from './openapi-document.ts';

/** The names of the request headers that the routes of an API document declare, in lower case, each once, sorted. */
export function declaredHeaders(document: object): string[] {
  const parameters = operationsOf(readDocument(document)).flatMap(({ operation }) => operation.parameters ?? []);
  const names = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name.toLowerCase());
  return [...new Set(names)].sort();
}
