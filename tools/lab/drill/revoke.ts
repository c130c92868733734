import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { operations } from '@auth/contracts';
import type { Stack } from '@auth/dev';
import { mug } from '@auth/dev';
import { parseKeyDocument } from '@auth/keys';
import { createServiceTokenSigner } from '@auth/verify';
import type { DrillStack } from '../measure/stack.ts';
import { withDrillStack } from '../measure/stack.ts';
import type { DrillOutcome, Tell } from './drill-outcome.ts';
import { runKeys } from './keys-command.ts';
import { logIn, startTraffic } from './traffic.ts';

/** More than the skew of clocks, after which a service takes every service token. */
const startMs = 15_000;
const limitMs = 1000;
/** A request of somebody who has the key: whether it was let in. */
type Attempt = () => Promise<boolean>;

/**
 * Revokes two keys that are in wrong hands, under traffic: the one of the edge from order to product, then the signing
 * key. Whoever uses one is refused within a second; what does not depend on it goes on.
 */
export async function revokeDrill(tell: Tell): Promise<DrillOutcome> {
  return withDrillStack({}, async (stack) => {
    const edge = await revokeEdgeKey(stack, tell);
    const signing = await revokeSigningKey(stack, tell);
    return { passed: edge && signing };
  });
}

async function revokeEdgeKey(stack: DrillStack, tell: Tell): Promise<boolean> {
  const { kid, attempt } = await stolenEdgeKey(stack);
  const traffic = await startTraffic({ urls: stack.urls, perSecond: 100, tokenSeconds: 60 });
  await delay(1000);
  const lateMs = await timeUntilRefused(attempt, (onLine) => runKeys(stack, ['revoke', kid], onLine));
  await delay(1000);
  const during = new Map(traffic.failures);
  await delay(2000);
  await traffic.stop();
  const after = [...traffic.failures].filter(([name, count]) => count !== during.get(name));
  const others = [...traffic.failures].filter(([name]) => !name.startsWith('POST /orders'));
  tell(`${kid}: refused ${lateMs.toFixed(0)} ms after it was revoked at the latest`);
  tell(
    `orders that met the change: ${[...during].map(([name, count]) => `${count} x ${name}`).join(', ') || 'none failed'}`,
  );
  for (const [name, count] of [...others, ...after])
    tell(`FAILED though it had nothing to do with it: ${count} x ${name}`);
  return lateMs < limitMs && others.length === 0 && after.length === 0;
}

async function revokeSigningKey(stack: DrillStack, tell: Tell): Promise<boolean> {
  const keys = await keysOf(stack, 'user');
  const kid = keys.signing?.active.kid ?? '';
  const stolen = await logIn(stack.urls.user);
  const lateMs = await timeUntilRefused(
    () => readProduct(stack, stolen),
    (onLine) => runKeys(stack, ['revoke', kid], onLine),
  );
  const isServed = await readProduct(stack, await logIn(stack.urls.user));
  tell(`${kid}: refused ${lateMs.toFixed(0)} ms after it was revoked at the latest`);
  tell(`a token of its successor is ${isServed ? 'taken' : 'REFUSED'}`);
  return lateMs < limitMs && isServed;
}

/**
 * Runs a command while somebody goes on trying.
 *
 * @returns from the first document that the command wrote to the last attempt that was let in, in milliseconds
 */
async function timeUntilRefused(attempt: Attempt, revoke: (tell: Tell) => Promise<void>): Promise<number> {
  await untilAccepted(attempt);
  let isOver = false;
  let lastLetIn = 0;
  const trying = (async () => {
    while (!isOver) {
      const sent = performance.now();
      if (await attempt()) lastLetIn = sent;
      await delay(20);
    }
  })();
  // The process of the command takes its time to start; it says when the documents are written.
  let written = 0;
  await revoke(() => {
    written ||= performance.now();
  });
  await delay(limitMs);
  isOver = true;
  await trying;
  return Math.max(0, lastLetIn - written);
}

/** Waits for a first success: a service that has just started rejects service tokens from before its start. */
async function untilAccepted(attempt: Attempt): Promise<void> {
  const deadline = performance.now() + startMs;
  while (!(await attempt())) {
    if (performance.now() > deadline) throw new Error('the key does not work before it is revoked');
    await delay(200);
  }
}

/** The key with which order calls product, in the hands of somebody else. */
async function stolenEdgeKey(stack: DrillStack): Promise<{ kid: string; attempt: Attempt }> {
  const { calls } = await keysOf(stack, 'order');
  const signer = createServiceTokenSigner({ service: 'order', keys: calls, now: () => Date.now() / 1000 });
  const operation = operations['product:quotes.create'];
  const content = new TextEncoder().encode(JSON.stringify({ items: [{ productId: mug.id, quantity: 1 }] }));
  return {
    kid: calls.get('product')?.kid ?? '',
    async attempt() {
      const answer = await fetch(`${stack.urls.product}${operation.path}`, {
        method: operation.method,
        headers: {
          'content-type': 'application/json',
          'service-token': signer.sign({ operation, target: operation.path, content }),
        },
        body: content,
      });
      await answer.arrayBuffer();
      return answer.ok;
    },
  };
}

async function readProduct({ urls }: DrillStack, token: string): Promise<boolean> {
  const answer = await fetch(`${urls.product}/products/${mug.id}`, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return answer.ok;
}

async function keysOf({ keyFiles }: DrillStack, service: keyof Stack['keyFiles']) {
  return parseKeyDocument(await readFile(keyFiles[service], 'utf8'), { service, source: keyFiles[service] });
}
