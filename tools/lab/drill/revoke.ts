import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { operations } from '@auth/contracts';
import { mug, type Stack } from '@auth/dev';
import { parseKeyDocument } from '@auth/keys';
import { createServiceTokenSigner } from '@auth/verify';
import { logIn } from '../measure/client.ts';
import type { LabStack } from '../measure/stack.ts';
import { type DrillContext, type Print, runKeys, withDrillStack } from './context.ts';
import { startTraffic } from './traffic.ts';

/** More than the clock skew: a service rejects service tokens from before its start for that long. */
const startMs = 15_000;
const limitMs = 1000;
/** Sends a request with the stolen key. Returns whether it was accepted. */
type Attempt = () => Promise<boolean>;

/**
 * Revokes two stolen keys under traffic: the key of the edge from order to product, then the signing key. Requests with a
 * revoked key are refused within a second; all other requests succeed.
 */
export function revokeDrill(context: DrillContext): Promise<boolean> {
  return withDrillStack(context, {}, async (stack) => {
    const edge = await revokeEdgeKey(stack, context.print);
    const signing = await revokeSigningKey(stack, context.print);
    return edge && signing;
  });
}

async function revokeEdgeKey(stack: LabStack, print: Print): Promise<boolean> {
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
  print(`${kid}: refused ${lateMs.toFixed(0)} ms after it was revoked at the latest`);
  print(
    `orders that met the change: ${[...during].map(([name, count]) => `${count} x ${name}`).join(', ') || 'none failed'}`,
  );
  for (const [name, count] of [...others, ...after])
    print(`FAILED though it does not depend on the key: ${count} x ${name}`);
  return lateMs < limitMs && others.length === 0 && after.length === 0;
}

async function revokeSigningKey(stack: LabStack, print: Print): Promise<boolean> {
  const keys = await keysOf(stack, 'user');
  const kid = keys.signing?.active.kid ?? '';
  const stolen = (await logIn(stack.urls.user)).access_token;
  const lateMs = await timeUntilRefused(
    () => readProduct(stack, stolen),
    (onLine) => runKeys(stack, ['revoke', kid], onLine),
  );
  const isServed = await readProduct(stack, (await logIn(stack.urls.user)).access_token);
  print(`${kid}: refused ${lateMs.toFixed(0)} ms after it was revoked at the latest`);
  print(`a token of its successor is ${isServed ? 'accepted' : 'REFUSED'}`);
  return lateMs < limitMs && isServed;
}

/**
 * Runs a command while attempts are made every 20 ms.
 *
 * @returns milliseconds from the first written document to the last accepted attempt
 */
async function timeUntilRefused(attempt: Attempt, revoke: (onLine: Print) => Promise<void>): Promise<number> {
  await untilAccepted(attempt);
  let ended = false;
  let lastAccepted = 0;
  const trying = (async () => {
    while (!ended) {
      const sent = performance.now();
      if (await attempt()) lastAccepted = sent;
      await delay(20);
    }
  })();
  // The first line of the command says that the documents are written.
  let written = 0;
  await revoke(() => {
    written ||= performance.now();
  });
  await delay(limitMs);
  ended = true;
  await trying;
  return Math.max(0, lastAccepted - written);
}

/** Waits for the first accepted attempt: a service that has just started rejects service tokens from before its start. */
async function untilAccepted(attempt: Attempt): Promise<void> {
  const deadline = performance.now() + startMs;
  while (!(await attempt())) {
    if (performance.now() > deadline) throw new Error('the key does not work before it is revoked');
    await delay(200);
  }
}

/** The key with which order calls product, used by another process. */
async function stolenEdgeKey(stack: LabStack): Promise<{ kid: string; attempt: Attempt }> {
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

async function readProduct({ urls }: LabStack, token: string): Promise<boolean> {
  const answer = await fetch(`${urls.product}/products/${mug.id}`, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  return answer.ok;
}

async function keysOf({ keyFiles }: LabStack, service: keyof Stack['keyFiles']) {
  return parseKeyDocument(await readFile(keyFiles[service], 'utf8'), { service, source: keyFiles[service] });
}
