import { problemType } from '@auth/verify/problems';
import * as z from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { type ProblemCode, problems } from '../../problem/problem-codes.ts';
import {
  type Answer,
  problemsOf,
  type RouteName,
  type RouteSpec,
  type Routes,
  splitRouteName,
  type Who,
} from '../route.ts';

/** The body of every error (RFC 9457). */
const Problem = z
  .object({
    type: z.string().meta({ description: 'urn:problem:<code>' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'How to fix the request; safe to show.' }),
    code: z.enum(Object.keys(problems)),
    requestId: z.string(),
    errors: z
      .array(z.object({ detail: z.string(), pointer: z.string().meta({ description: 'JSON pointer (RFC 6901)' }) }))
      .optional(),
  })
  .meta({ id: 'Problem' });

/** The security scheme of a user's access token. */
export const bearerScheme = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } as const;

export type OpenApiDocument = ReturnType<typeof createDocument>;

/** Creates the OpenAPI 3.1 document of a service, from the schemas that validate its requests. */
export function createOpenApi(options: { title: string; description: string; routes: Routes }): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, route] of Object.entries(options.routes) as [RouteName, RouteSpec][]) {
    const { method, path } = splitRouteName(name);
    const template = path.replaceAll(/:(\w+)/g, '{$1}');
    paths[template] = { ...paths[template], [method.toLowerCase()]: operationOf(name, route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: options.title, version: '0.1.0', description: options.description },
    paths,
    components: {
      schemas: { Problem },
      securitySchemes: {
        bearer: { ...bearerScheme, description: 'An access token of the user service.' },
      },
    },
  });
}

function operationOf(name: RouteName, route: RouteSpec): ZodOpenApiOperationObject {
  const { method, path } = splitRouteName(name);
  const { who, summary, details, params, query, headers, body, example, answer, otherAnswer } = route;
  return {
    summary,
    operationId: `${method.toLowerCase()}${path.replaceAll(/[/:.-]+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    ...securityOf(who),
    ...descriptionOf(who, details),
    requestParams: {
      ...(params === undefined ? {} : { path: params }),
      ...(query === undefined ? {} : { query }),
      ...(headers === undefined ? {} : { header: headers.schema }),
    },
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: body, ...(example === undefined ? {} : { example }) } },
          },
        }),
    responses: {
      ...answerOf(answer),
      ...(otherAnswer && answerOf(otherAnswer)),
      ...notModified(route),
      ...problemResponses(name, route),
    },
  };
}

function securityOf(who: Who): Pick<ZodOpenApiOperationObject, 'security'> {
  return typeof who === 'string' ? {} : { security: [{ bearer: [] }] };
}

function descriptionOf(who: Who, details: string | undefined): Pick<ZodOpenApiOperationObject, 'description'> {
  const scope = typeof who === 'string' ? undefined : `Needs the scope \`${who.scope}\`.`;
  const sentences = [scope, details].filter((text) => text !== undefined);
  return sentences.length === 0 ? {} : { description: sentences.join(' ') };
}

function answerOf(answer: Answer): ZodOpenApiResponsesObject {
  const { status, description, schema, mediaType = 'application/json', headers = {} } = answer;
  const described = Object.entries(headers).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' as const } },
  ]);
  return {
    [`${status}`]: {
      description,
      ...(described.length === 0 ? {} : { headers: Object.fromEntries(described) }),
      ...(schema === undefined ? {} : { content: { [mediaType]: { schema } } }),
    },
  };
}

function notModified({ answer }: RouteSpec): ZodOpenApiResponsesObject {
  return answer.revalidated ? { '304': { description: 'Not changed: `If-None-Match` names the current ETag.' } } : {};
}

/** Returns one response per status, with its codes. */
function problemResponses(name: RouteName, route: RouteSpec): ZodOpenApiResponsesObject {
  const codes = problemsOf(name, route);
  const statuses = [...new Set(codes.map((code) => problems[code].status))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const ofStatus = codes.filter((code) => problems[code].status === status);
      const examples = Object.fromEntries(ofStatus.map((code) => [code, { value: exampleOf(code) }]));
      const description = ofStatus.map((code) => `\`${code}\``).join(', ');
      // The codes are in the schema as well: a generated client gets them as the type of `code`.
      const schema = {
        $ref: '#/components/schemas/Problem',
        properties: { status: { const: status }, code: { enum: [...ofStatus] } },
      };
      return [`${status}`, { description, content: { 'application/problem+json': { schema, examples } } }];
    }),
  );
}

function exampleOf(code: ProblemCode) {
  const { status, title, detail } = problems[code];
  return {
    type: problemType(code),
    title,
    status,
    detail,
    code,
    requestId: '5f0c6e0e-8a63-4c43-9f5b-1c2f4f1f7a10',
  };
}
