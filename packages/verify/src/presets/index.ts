export { auth0 } from './auth0.ts';
export { cognito } from './cognito.ts';
export { entra } from './entra.ts';
export { keycloak } from './keycloak.ts';
export { oidcProvider } from './oidc-provider.ts';
export { okta } from './okta.ts';
export { rfc9068 } from './rfc9068.ts';
