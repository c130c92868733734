import { operations } from '@auth/contracts';
import { problemsOf, type RouteName, type RouteSpec, type Routes, type Who } from '@auth/http';
import { calleeOf } from '@auth/verify';
import { markdownTable } from './markdown-table.ts';

/** Problem codes that every route can answer with. */
const common = new Set(problemsOf('GET /', { who: 'anyone', summary: '', answer: { status: 204, description: '' } }));

/** Problem codes that follow from a guard, a body, a query or parameters: the page explains them once. */
const implied = new Set([
  'missing_token',
  'invalid_token',
  'token_expired',
  'token_revoked',
  'insufficient_scope',
  'unsupported_media_type',
  'payload_too_large',
  'invalid_fields',
]);

/** Formats the tables of docs/rest.md: the public routes of each app with their guards, and its operations. */
export function routesTables(routesOf: Readonly<Record<string, Routes>>): string {
  return Object.entries(routesOf)
    .map(([app, routes]) => `## ${app}\n\n${[publicTable(routes), operationsTable(app)].filter(Boolean).join('\n\n')}`)
    .join('\n\n');
}

function publicTable(routes: Routes): string {
  const rows = (Object.entries(routes) as [RouteName, RouteSpec][]).map(([name, spec]) => {
    const codes = problemsOf(name, spec).filter((code) => !common.has(code) && !implied.has(code));
    return [
      `\`${name}${queryOf(spec)}\``,
      guardOf(spec.who),
      [`${spec.summary}.`, spec.details].filter(Boolean).join(' '),
      [spec.answer, ...(spec.otherAnswer ? [spec.otherAnswer] : [])].map(({ status }) => status).join(', '),
      codes.map((code) => `\`${code}\``).join(', '),
    ];
  });
  return markdownTable(['route', 'guard', 'does', 'answer', 'refusals'], rows);
}

function queryOf({ query }: RouteSpec): string {
  const names = Object.keys(query?.shape ?? {});
  return names.length === 0 ? '' : `?${names.join('&')}`;
}

function guardOf(who: Who): string {
  return typeof who === 'string' ? who : `scope \`${who.scope}\``;
}

function operationsTable(app: string): string {
  const own = Object.values(operations).filter((operation) => calleeOf(operation) === app);
  if (own.length === 0) return '';
  const rows = own.map(({ id, method, path, callers, user, ...more }) => [
    `\`${method} ${path}\``,
    `\`${id}\``,
    callers.join(', ') || 'none',
    'userScopes' in more ? `with scope ${more.userScopes.map((scope) => `\`${scope}\``).join(', ')}` : user,
  ]);
  return markdownTable(['operation for other services', 'id', 'callers', "user's token"], rows);
}
