import type { ValidateFunction } from 'ajv/dist/2020.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Finds the check of the schema at a JSON pointer (RFC 6901 §6). */
export type Schemas = (fragment: string) => ValidateFunction;

const known = new Map<string, Schemas>();

/** The schemas of an API document. Compiling is slow, so each is compiled once for all documents of the same text. */
export function schemasOf(document: object): Schemas {
  const text = JSON.stringify(document);
  const schemas = known.get(text) ?? createSchemas(document);
  known.set(text, schemas);
  return schemas;
}

function createSchemas(document: object): Schemas {
  // Not strict: a document is more than its schemas.
  const ajv = addFormats
    .default(new Ajv2020({ strict: false, allErrors: true, code: { optimize: false } }))
    .addSchema(document, 'document');
  const compiled = new Map<string, ValidateFunction>();
  return (fragment) => {
    const validate = compiled.get(fragment) ?? ajv.compile({ $ref: `document#${fragment}` });
    compiled.set(fragment, validate);
    return validate;
  };
}

/** Returns the errors as text. */
export function wordsFor({ errors }: ValidateFunction): string {
  return new Ajv2020().errorsText(errors, { dataVar: 'body' });
}
