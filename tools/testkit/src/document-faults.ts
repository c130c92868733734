import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { fragmentOf, operationsOf, readDocument } from './openapi-document.ts';

const text = { type: 'string', minLength: 1 };
const parameter = {
  type: 'object',
  required: ['name', 'in', 'schema'],
  properties: { name: text, in: { enum: ['query', 'header', 'path', 'cookie'] }, required: { type: 'boolean' } },
  // OpenAPI 3.1 §4.8.12.2: a path parameter is always required.
  if: { properties: { in: { const: 'path' } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { required: ['required'], properties: { required: { const: true } } },
};
const content = {
  type: 'object',
  propertyNames: { pattern: '^[a-z]+/[a-z.+-]+$' },
  additionalProperties: { type: 'object', not: { required: ['example', 'examples'] } },
};
const operation = {
  type: 'object',
  required: ['responses', 'operationId', 'summary'],
  properties: {
    operationId: text,
    summary: text,
    parameters: { type: 'array', items: parameter },
    requestBody: { type: 'object', required: ['content'], properties: { content } },
    responses: {
      type: 'object',
      minProperties: 1,
      propertyNames: { pattern: '^(?:[1-5](?:\\d\\d|XX)|default)$' },
      additionalProperties: { type: 'object', required: ['description'], properties: { description: text, content } },
    },
    security: { type: 'array', items: { type: 'object', additionalProperties: { type: 'array', items: text } } },
  },
};
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** The rules of OpenAPI 3.1 for the parts that our documents use. */
const shape = {
  type: 'object',
  required: ['openapi', 'info', 'paths'],
  properties: {
    openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
    info: { type: 'object', required: ['title', 'version'], properties: { title: text, version: text } },
    paths: {
      type: 'object',
      propertyNames: { pattern: '^/' },
      additionalProperties: { type: 'object', propertyNames: { enum: methods }, additionalProperties: operation },
    },
    components: {
      type: 'object',
      properties: {
        schemas: { type: 'object', propertyNames: { pattern: '^[\\w.-]+$' } },
        securitySchemes: {
          type: 'object',
          additionalProperties: {
            ...{ type: 'object', required: ['type'] },
            properties: { type: { enum: ['apiKey', 'http', 'mutualTLS', 'oauth2', 'openIdConnect'] } },
          },
        },
      },
    },
  },
};

/** Returns why a document is not valid OpenAPI 3.1 or is inconsistent; empty for a valid one. */
export function documentFaults(source: object): string[] {
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
  if (!ajv.validate(shape, JSON.parse(JSON.stringify(source)))) return [ajv.errorsText()];
  return [...operationFaults(source), ...schemaFaults(source)];
}

function operationFaults(source: object): string[] {
  const operations = operationsOf(readDocument(source));
  const ids = operations.map(({ operation: { operationId } }) => operationId);
  const repeated = ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} names two operations`);
  const parameters = operations.flatMap(({ path, method, operation: { parameters = [] } }) => {
    const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const given = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
    return String(wanted) === String(given) ? [] : [`${method} ${path} has the parameters ${given}, not ${wanted}`];
  });
  return [...repeated, ...parameters];
}

/** Checks that every schema of a body compiles, with its references, and accepts its examples. */
function schemaFaults(source: object): string[] {
  const ajv = addFormats
    .default(new Ajv2020({ strict: false, code: { optimize: false } }))
    .addSchema(readDocument(source), 'document');
  const places: { place: string; examples: readonly unknown[] }[] = [];
  collectContent(JSON.parse(JSON.stringify(source)), [], (keys, examples) => {
    places.push({ place: fragmentOf(...keys, 'schema'), examples });
  });
  return places.flatMap(({ place, examples }) => {
    try {
      const validate = ajv.compile({ $ref: `document#${place}` });
      return examples.filter((one) => !validate(one)).map(() => `${place}: ${ajv.errorsText(validate.errors)}`);
    } catch (error) {
      return [`${place}: ${error}`];
    }
  });
}

type Found = (keys: readonly string[], examples: readonly unknown[]) => void;

function collectContent(value: unknown, keys: readonly string[], found: Found): void {
  if (typeof value !== 'object' || value === null) return;
  if (keys.at(-2) === 'content' && 'schema' in value) found(keys, examplesOf(value));
  for (const [key, part] of Object.entries(value)) collectContent(part, [...keys, key], found);
}

interface MediaType {
  readonly schema: unknown;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

function examplesOf(media: MediaType): unknown[] {
  const named = Object.values(media.examples ?? {}).map(({ value }) => value);
  return media.example === undefined ? named : [...named, media.example];
}
