import type { OpenApiDocument } from './document.ts';
import { bearerScheme } from './document.ts';

/**
 * Adds to a document how to get a token: a command that logs in at the issuer. A page of another origin cannot log in
 * itself, since the issuer lets no other origin read its answers.
 *
 * @param issuer the `iss` of access tokens, which is the URL of the user service
 */
export function withTokenSource(document: OpenApiDocument, issuer: string): OpenApiDocument {
  const login = `${issuer.replace(/\/$/, '')}/auth/login`;
  const body = `{"email":"ada@example.com","password":"analytical-engine-1843"}`;
  const description = [
    'An access token of the user service. Log in as yourself (Ada is a demo user of `pnpm dev`), and paste the `access_token` of the answer:',
    `\`\`\`sh\ncurl -s ${login} -H 'Content-Type: application/json' -d '${body}'\n\`\`\``,
    'On the page of the user service itself a login fills it in.',
  ].join('\n\n');
  const securitySchemes = { bearer: { ...bearerScheme, description } };
  return { ...document, components: { ...document.components, securitySchemes } };
}
