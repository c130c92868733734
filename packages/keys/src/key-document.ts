import { createSecretKey, type KeyObject } from 'node:crypto';
import { gateway, issuerService } from '@auth/contracts';
import {
  EdgeKeys,
  type InboundKeys,
  KeyMaterialError,
  type OutboundKeys,
  type PublicKeys,
  parseAccepts,
  parseCalls,
  parseMember,
  parseOwnJwks,
  ServiceName,
  secretProblem,
} from '@auth/verify';
import * as z from 'zod';
import { KeyDocumentError } from './key-document-error.ts';
import { type LoadedKey, loadedKeys } from './loaded-keys.ts';
import { parseSessionKeys, type SessionKey, SessionSecret } from './session-key.ts';
import { parseSigning, SigningJwk, type SigningKeys } from './signing-key.ts';

const secret = z.string().superRefine((value, context) => {
  const problem = secretProblem(value);
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
});
/** The URL of an issuer: no query and no fragment (RFC 8414 §2), and no credentials, since every token names it. */
const issuerUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL', abort: true }).refine(
  (text) => {
    const { username, password } = new URL(text);
    return `${username}${password}` === '' && !/[?#]/.test(text);
  },
  { error: 'must not have a query, a fragment, a user or a password' },
);
const PublicJwk = z.strictObject({
  kty: z.string(),
  kid: z.string(),
  alg: z.string(),
  use: z.string(),
  key_ops: z.array(z.string()).optional(),
  n: z.string().optional(),
  e: z.string().optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
});

/** The JSON shape of a key document: all keys that one service needs to verify and to sign, and no others. */
export const KeyDocument = z.strictObject({
  service: ServiceName,
  issuer: z.strictObject({
    iss: issuerUrl,
    jwks: z.strictObject({ keys: z.array(PublicJwk) }).optional(),
  }),
  signing: z.array(SigningJwk).optional(),
  calls: EdgeKeys,
  accepts: EdgeKeys,
  auditKey: secret.optional(),
  sessionKeys: z.array(SessionSecret).optional(),
});
export type KeyDocument = z.output<typeof KeyDocument>;

/** The keys of a parsed key document. */
export interface ServiceKeys {
  readonly service: string;
  readonly issuer: string;
  /** Keys that verify access tokens. */
  readonly publicKeys: PublicKeys;
  /** Keys that sign access tokens: only in the issuer's own document. */
  readonly signing: SigningKeys | undefined;
  /** Keys that verify calls of other services. */
  readonly accepts: InboundKeys;
  /** Keys that sign calls to other services. */
  readonly calls: OutboundKeys;
  /** The key that hashes user ids in audit lines. */
  readonly auditKey: KeyObject | undefined;
  /** Keys of stored sessions: each opens the sessions that it has sealed, and the first one seals. Empty but at the gateway. */
  readonly sessionKeys: readonly SessionKey[];
  /** Every key of the document, without its secret. */
  readonly loaded: readonly LoadedKey[];
}

export interface ParseOptions {
  readonly service: string;
  /** The source of the text, for the error. */
  readonly source: string;
  /** The issuer's public keys come from elsewhere: `issuer.jwks` may be missing, and is not used. */
  readonly remoteJwks?: boolean;
}

/**
 * Parses the text of a key document for one service.
 *
 * @throws KeyDocumentError naming the document and the member that is wrong, never a value
 */
export function parseKeyDocument(text: string, options: ParseOptions): ServiceKeys {
  const { service, source, remoteJwks = false } = options;
  try {
    const document = parseMember(KeyDocument, parseJson(text), '');
    if (document.service !== service) {
      throw new KeyMaterialError('service', `is not ${service}: this is another service's document`);
    }
    if (document.signing !== undefined && service !== issuerService) {
      throw new KeyMaterialError('signing', `is only for ${issuerService}: no other service signs access tokens`);
    }
    if (document.signing === undefined && service === issuerService) {
      throw new KeyMaterialError('signing', `is missing: ${issuerService} signs access tokens`);
    }
    if (document.sessionKeys !== undefined && service !== gateway) {
      throw new KeyMaterialError('sessionKeys', `is only for ${gateway}: no other service keeps sessions`);
    }
    if (document.sessionKeys === undefined && service === gateway) {
      throw new KeyMaterialError('sessionKeys', `is missing: ${gateway} seals sessions`);
    }
    const signing = document.signing === undefined ? undefined : parseSigning(document.signing);
    const keys: ServiceKeys = {
      service,
      issuer: document.issuer.iss,
      publicKeys: remoteJwks ? new Map() : parseIssuerKeys(document, signing),
      signing,
      accepts: parseAccepts(document.accepts),
      calls: parseCalls(document.calls),
      auditKey: document.auditKey === undefined ? undefined : secretKey(document.auditKey),
      sessionKeys: document.sessionKeys === undefined ? [] : parseSessionKeys(document.sessionKeys),
      loaded: loadedKeys(remoteJwks ? { ...document, issuer: {} } : document),
    };
    assertUniqueSecrets(document);
    return keys;
  } catch (error) {
    if (error instanceof KeyMaterialError) throw new KeyDocumentError(source, error.message);
    throw error;
  }
}

function secretKey(secret: string): KeyObject {
  return createSecretKey(Buffer.from(secret, 'base64url'));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message would quote the text, secrets included.
    throw new KeyMaterialError('the document', 'is not valid JSON');
  }
}

function parseIssuerKeys({ issuer }: KeyDocument, signing: SigningKeys | undefined): PublicKeys {
  if (signing !== undefined) {
    if (issuer.jwks === undefined) return parseOwnJwks(signing.jwks);
    throw new KeyMaterialError('issuer.jwks', 'must be absent beside signing: what is published is derived from it');
  }
  if (issuer.jwks === undefined) throw new KeyMaterialError('issuer.jwks', 'is missing');
  try {
    return parseOwnJwks(issuer.jwks);
  } catch (error) {
    if (!(error instanceof KeyMaterialError)) throw error;
    throw new KeyMaterialError(`issuer.jwks.${error.member}`, error.message.slice(error.member.length + 1));
  }
}

/** Rejects a secret that is in the document twice: one secret has one purpose. */
function assertUniqueSecrets({ accepts, calls, auditKey, sessionKeys = [] }: KeyDocument): void {
  const seen = new Map<string, string>();
  const edges = { accepts, calls };
  const named = [
    ...Object.entries(edges).flatMap(([member, edge]) =>
      Object.entries(edge).flatMap(([other, keys]) =>
        keys.map((key, index) => [`${member}.${other}[${index}].secret`, key.secret] as const),
      ),
    ),
    ...(auditKey === undefined ? [] : [['auditKey', auditKey] as const]),
    ...sessionKeys.map((key, index) => [`sessionKeys[${index}].secret`, key.secret] as const),
  ];
  for (const [member, value] of named) {
    const first = seen.get(value);
    if (first !== undefined) throw new KeyMaterialError(member, `is the same secret as ${first}`);
    seen.set(value, member);
  }
}
