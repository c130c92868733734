import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Finds the check of the schema at a JSON pointer (RFC 6901 §6). */
export type Schemas = (fragment: string) => ValidateFunction;

const known = new Map<string, Schemas>();

/** The schemas of an API document. Compiling takes long, so each is compiled once for all documents with the same text. */
export function schemasOf(document: object): Schemas {
  const text = JSON.stringify(document);
  const schemas = known.get(text) ?? createSchemas(document);
  known.set(text, schemas);
  return schemas;
}

function createSchemas(document: object): Schemas {
  // Not strict, since a document contains more than schemas.
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

/** Describes the errors as text. */
export function wordsFor({ errors }: ValidateFunction): string {
  return new Ajv2020().errorsText(errors, { dataVar: 'body' });
}
