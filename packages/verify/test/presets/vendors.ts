import { auth0Vendor } from './auth0.ts';
import { cognitoVendor } from './cognito.ts';
import { entraVendor } from './entra.ts';
import { keycloakVendor } from './keycloak.ts';
import { oidcProviderVendor } from './oidc-provider.ts';
import { oktaVendor } from './okta.ts';
import { rfc9068Vendor } from './rfc9068.ts';
import type { Vendor } from './vendor.ts';

/** The tokens of every preset. */
export const vendors: readonly Vendor[] = [
  rfc9068Vendor,
  keycloakVendor,
  auth0Vendor,
  entraVendor,
  cognitoVendor,
  oktaVendor,
  oidcProviderVendor,
];
