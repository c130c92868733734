import type { AccessTokenProfile, ClaimPlace } from '@auth/verify';
import { markdownTable } from './markdown-table.ts';

const head = [
  ...['preset', 'header `typ`', '`alg`', 'key of the JWK Set', 'audience', 'claims', 'claims with one value'],
  ...['must be absent', 'scopes', 'roles', 'longest life', 'longest token', 'reason that refuses an ID token'],
];

/** Formats the table of docs/issuers.md: one row for each preset, each cell from its data. */
export function issuersTable(presets: Readonly<Record<string, AccessTokenProfile>>): string {
  return markdownTable(
    head,
    Object.entries(presets).map(([name, profile]) => [`\`${name}\``, ...cellsOf(profile)]),
  );
}

function cellsOf(profile: AccessTokenProfile): readonly string[] {
  const { typ, algorithms, jwk, audience, claims, fixed, absent = [], scopes, roles } = profile;
  return [
    typ.map((value) => (value === null ? 'none' : code(value))).join(' or '),
    algorithms.join(', '),
    `\`use\`${jwk.use === 'optional' ? ' or none' : ''}, \`alg\`${jwk.alg === 'optional' ? ' or none' : ''}`,
    `${code(audience.claim)}: ${audience.forms.map((form) => (form === 'text' ? 'text' : 'list')).join(' or ')}`,
    Object.entries(claims)
      .map(([claim, form]) => code(form.endsWith('?') ? `${claim}?` : claim))
      .join(', '),
    Object.entries(fixed)
      .map(([claim, value]) => code(`${claim}: ${JSON.stringify(value)}`))
      .join(', '),
    absent.map(code).join(', '),
    placeOf(scopes),
    placeOf(roles),
    `${profile.maxLifetimeSeconds} s`,
    String(profile.maxLength),
    code(String(profile.refusesIdTokenBy)),
  ];
}

const code = (text: string) => `\`${text}\``;

function placeOf(place: ClaimPlace | null): string {
  if (place === null) return 'none';
  const { path, form, isRequired } = place;
  return `${code(path.join('.') + (isRequired ? '' : '?'))}: ${form === 'words' ? 'words' : 'list'}`;
}
