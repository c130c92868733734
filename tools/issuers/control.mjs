// What the test that starts an issuer can ask of it, over the channel between the two processes.
import { createServer } from 'node:http';
import process from 'node:process';

/** Answers what the test asks, by the names of `actions`, and ends with the test. Says first that it is ready. */
export function offer(actions) {
  process.once('disconnect', () => process.exit());
  process.on('message', ({ action }) => {
    void answer(() => actions[action]()).then((message) => process.send(message));
  });
  process.send({ value: 'ready' });
}

async function answer(act) {
  try {
    return { value: await act() };
  } catch (error) {
    return { error: String(error?.stack ?? error) };
  }
}

/** Listens on a free port of this machine. The listener may change: `listenerOf` gives it for each request. */
export async function listen(listenerOf) {
  const server = createServer((req, res) => listenerOf()(req, res));
  await new Promise((resolve, reject) => server.listen(0, '127.0.0.1', resolve).once('error', reject));
  return `http://127.0.0.1:${server.address().port}`;
}
