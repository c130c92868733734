import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { LaunchError, repositoryRoot } from '@auth/dev';
import { createCertificate } from '../../../../packages/verify/test/certificate.ts';
import { startChild, typeScript } from '../../measure/child.ts';
import { neighboursFolder } from '../http/neighbours.ts';
import { type AwayIssuer, openAwayIssuer } from './away-issuer.ts';
import { libraries } from './libraries.ts';
import { type Outcome, runSituations } from './situations.ts';

/** Installs the libraries by their lockfile and takes all of them through all situations. About a minute. */
export async function measureIssuerAway(): Promise<ReadonlyMap<string, Outcome>> {
  install();
  const folder = await mkdtemp(join(tmpdir(), 'issuer-away-'));
  const certificate = createCertificate();
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, certificate.cert);
  const issuers: AwayIssuer[] = [];
  const openIssuer = async () => {
    const issuer = await openAwayIssuer(certificate);
    issuers.push(issuer);
    return issuer;
  };
  try {
    const outcomes = libraries.map(async ({ key, isOurs = false }) => {
      const file = isOurs ? fileURLToPath(new URL('ours.ts', import.meta.url)) : join(neighboursFolder, 'away.mjs');
      const child = startChild(file, isOurs ? typeScript : [], undefined, { NODE_EXTRA_CA_CERTS: caFile });
      try {
        return [key, await runSituations({ openIssuer, openGuard: guardsOf(child, key) })] as const;
      } finally {
        await child.close();
      }
    });
    return new Map(await Promise.all(outcomes));
  } finally {
    for (const issuer of issuers) await issuer.goDown();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Opens guards in a process one after another: it answers one message at a time. */
function guardsOf(child: ReturnType<typeof startChild>, library: string) {
  let last: Promise<unknown> = Promise.resolve();
  return async (settings: object): Promise<number> => {
    const asked = last.then(() => child.ask<{ port: number }>({ library, settings }));
    last = asked;
    return (await asked).port;
  };
}

function install(): void {
  const script = join(repositoryRoot, 'tools/run.mjs');
  const { status, stderr } = spawnSync(execPath, [script, 'neighbours'], { encoding: 'utf8' });
  if (status !== 0) throw new LaunchError(`the libraries cannot be installed:\n${stderr}`);
}
