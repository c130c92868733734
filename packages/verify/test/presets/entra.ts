import { entra } from '../../src/presets/index.ts';
import { certificate, now, times, type Vendor, vendorKey } from './vendor.ts';

const tenant = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const issuer = `https://login.microsoftonline.com/${tenant}/v2.0`;
/** One registration for API and client, as in the example: the hardest case for telling an ID token apart. */
const audience = '6e74172b-be56-4843-9ff4-e66a39bb12e3';
const header = { typ: 'JWT', alg: 'RS256', kid: 'i6lGk3FZzxRcUb2C3nEQ7syHJlY' };

// The example of the page on access tokens with other times.
const user = {
  aud: audience,
  iss: issuer,
  ...times(3900),
  nbf: now - 60,
  aio: 'AXQAi/8IAAAAtest',
  azp: audience,
  azpacr: '0',
  name: 'Abe Lincoln',
  oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
  preferred_username: 'abeli@microsoft.com',
  rh: 'I',
  scp: 'access_as_user',
  sub: 'HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ',
  tid: tenant,
  uti: 'fqiBqXLPj0eQa82S-IYFAA',
  ver: '2.0',
};

export const entraVendor: Vendor = {
  name: 'entra',
  profile: entra,
  issuer,
  audience,
  // No alg.
  keys: [vendorKey('RS256', { kid: header.kid, use: 'sig', ...certificate, issuer })],
  header,
  good: [
    { title: 'a user', payload: user, scopes: ['access_as_user'], roles: [] },
    {
      title: 'an application: roles in place of scp',
      payload: {
        ...user,
        azp: '75dbe77f-10a3-4e59-85fd-8c127544f17c',
        azpacr: '1',
        idtyp: 'app',
        name: undefined,
        preferred_username: undefined,
        scp: undefined,
        roles: ['Orders.Read.All'],
      },
      scopes: [],
      roles: ['Orders.Read.All'],
    },
    {
      title: 'a user without the scope profile, with app roles',
      payload: { ...user, oid: undefined, tid: undefined, roles: ['Orders.Admin'], scp: 'orders.read orders.write' },
      scopes: ['orders.read', 'orders.write'],
      roles: ['Orders.Admin'],
    },
  ],
  // The example of the page on ID tokens, for the registration of the API.
  idToken: {
    header,
    payload: {
      ver: '2.0',
      iss: issuer,
      sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
      aud: audience,
      ...times(3600),
      nbf: now - 60,
      name: 'Abe Lincoln',
      preferred_username: 'AbeLi@microsoft.com',
      oid: '00000000-0000-0000-66f3-3332eca7ea81',
      tid: tenant,
      nonce: '123523',
      aio: 'Df2UVXL1test',
    },
  },
  idTokenRefusal: 'claims',
  required: ['azp', 'iat', 'uti', 'ver'],
  wrongForms: {
    azp: [5, '', null],
    uti: ['', 5],
    oid: ['', 5, null],
    tid: ['', null],
    ver: ['1.0', 2, '2', null],
    scp: [['access_as_user'], 5, null],
    roles: ['Orders.Admin', [5], null],
    aud: [],
  },
  bad: [
    {
      title: 'an ID token without a nonce, from the code flow, with app roles and uti',
      claims: { azp: undefined, azpacr: undefined, scp: undefined, roles: ['Orders.Admin'] },
      refusal: 'invalid_token: claims',
    },
    {
      title: 'an ID token for another client',
      claims: { aud: '6cb04018-a3f5-46a7-b995-940c78f5aef3', azp: undefined, scp: undefined, nonce: '123523' },
      refusal: 'invalid_token: audience',
    },
    {
      title: 'an access token of v1.0',
      header: { x5t: header.kid },
      claims: { iss: `https://sts.windows.net/${tenant}/`, ver: '1.0', azp: undefined, appid: audience },
      refusal: 'invalid_token: header',
    },
    {
      title: 'v1.0 by its claims alone',
      claims: { ver: '1.0', azp: undefined, appid: audience, appidacr: '0' },
      refusal: 'invalid_token: claims',
    },
    {
      title: 'another tenant',
      claims: { iss: 'https://login.microsoftonline.com/9122040d-6c67-4c5b-b112-36a304b66dad/v2.0' },
      refusal: 'invalid_token: issuer',
    },
    { title: 'the audience as App ID URI', claims: { aud: `api://${audience}` }, refusal: 'invalid_token: audience' },
    { title: 'the audience in a list', claims: { aud: [audience] }, refusal: 'invalid_token: claims' },
  ],
};
