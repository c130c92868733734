// The load of pnpm bench:http, as its own process, so that the cost of autocannon is not measured.
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import autocannon from 'autocannon';

let tokens = [];
process.once('disconnect', () => process.exit());
process.on('message', (message) => {
  if ('tokens' in message) {
    tokens = message.tokens;
    process.send({ taken: tokens.length });
    return;
  }
  run(message).then(
    (outcome) => process.send(outcome),
    (error) => process.send({ error: String(error?.stack ?? error) }),
  );
});

/** Sends requests with `count` tokens in turn, from the token `first` on. Each token uses one connection. */
async function run({ url, connections, first, count, requests }) {
  let opened = 0;
  const setupClient = (client) => {
    const mine = [];
    for (let at = opened; at < Math.min(count, requests); at += connections) mine.push(requestWith(tokens[first + at]));
    client.setRequests(mine);
    opened += 1;
  };
  const started = performance.now();
  let ended = started;
  // autocannon's own duration has steps of a second.
  const running = autocannon({ url, connections, amount: requests, setupClient, sampleInt: 50 });
  running.on('response', () => {
    ended = performance.now();
  });
  const { non2xx, errors, '2xx': good, latency } = await running;
  const outcome = { requests: good, failed: non2xx + errors, seconds: (ended - started) / 1000 };
  return { ...outcome, p50Ms: latency.p50, p99Ms: latency.p99 };
}

function requestWith(token) {
  return { method: 'GET', headers: { authorization: `Bearer ${token}` } };
}
