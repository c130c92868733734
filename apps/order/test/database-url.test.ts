import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOrderDb } from '@auth/db/order';
import { ConfigError } from '@auth/http';
import { afterAll, describe, expect, it } from '@jest/globals';
import { parseConfig } from '../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'ca-'));
const ca = join(folder, 'ca.pem');
writeFileSync(ca, 'a certificate');
afterAll(() => rmSync(folder, { recursive: true }));

const host = 'postgresql://u:horse@db.example:5432/order';

/** Returns the error of the settings for a URL; `undefined` when they accept it. */
function problemOf(url: string): string | undefined {
  const env = { PORT: '4003', AUTH_KEYS: '{}', PRODUCT_URL: 'http://p', USER_URL: 'http://u', DATABASE_URL: url };
  try {
    parseConfig(env);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.settings.map(({ name }) => name)).toEqual(['DATABASE_URL']);
    return error.settings[0]?.problem;
  }
}

/** Whether the driver accepts the URL. Opening does not connect. */
async function opens(url: string): Promise<boolean> {
  try {
    await openOrderDb({ url }).close();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: 'DatabaseUrlError', exitCode: 78 });
    expect(String(error)).not.toContain('horse');
    return false;
  }
}

describe('DATABASE_URL', () => {
  it.each([
    host,
    'postgres://localhost/order',
    'postgresql://u:p%40ss@[::1]:5432/order',
    'postgresql:///order?host=/run/postgresql',
    'postgresql://u@%2Frun%2Fpostgresql/order',
    `${host}?schema=public`,
    `${host}?application_name=order&connect_timeout=5`,
    ...['disable', 'require', 'verify-full', 'no-verify'].map((mode) => `${host}?sslmode=${mode}`),
    `${host}?sslmode=verify-ca&sslrootcert=${ca}`,
    `${host}?sslmode=verify-full&sslrootcert=system`,
    `${host}?ssl=true`,
    `${host}?ssl=0`,
    `${host}?sslmode=require&sslnegotiation=direct`,
  ])('accepts %s', async (url) => {
    expect([problemOf(url), await opens(url)]).toEqual([undefined, true]);
  });

  it.each([
    [`${host}#x`, /holds a #: write it as %23/],
    [`${host}?pgbouncer=true`, /pgbouncer: say DATABASE_POOLER=transaction/],
    [`${host}?connection_limit=5`, /connection_limit: say DATABASE_POOL_MAX/],
    [`${host}?sslmode=prefer`, /sslmode: say disable, require/],
    [`${host}?sslmode=allow`, /sslmode/],
    [`${host}?sslmode=verify-ca`, /sslrootcert/],
    [`${host}?sslmode=disable&sslrootcert=${ca}`, /no certificate is used/],
    [`${host}?sslmode=require&ssl=true`, /remove ssl/],
    [`${host}?sslmode=require&sslmode=disable`, /sslmode/],
    [`${host}?ssl=maybe`, /ssl/],
    [`${host}?sslnegotiation=direct`, /sslnegotiation/],
    [`${host}?channel_binding=require`, /channel_binding/],
    [`${host}?target_session_attrs=read-write`, /target_session_attrs/],
    [`${host}?options=-c%20search_path%3Dx`, /options: set it for the role/],
    [`${host}?statement_timeout=0`, /statement_timeout/],
    [`${host}?schema=shop`, /schema: the tables are in the schema public/],
    [`${host}?user=eve`, /user: write it in front/],
    [`${host}?host=/run/postgresql`, /two hosts/],
    [`${host}?connect_timeout=soon`, /connect_timeout/],
    [`${host}?keepalives=1`, /keepalives: remove it/],
    ['postgresql://u:h?rse@db/order', /not a postgres URL|after the question mark/],
    ['postgresql://a.example,b.example/order', /several hosts/],
    ['postgresql://u:100%@db/order', /write it as %25/],
    ['postgresql://u:p@db', /not a postgres URL/],
    ['mysql://u:p@db/order', /not a postgres URL/],
  ])('rejects %s', async (url, problem) => {
    expect(problemOf(url)).toMatch(problem);
    expect(await opens(url)).toBe(false);
  });
});
