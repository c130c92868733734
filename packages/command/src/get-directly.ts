import { get as getHttp, Agent as HttpAgent } from 'node:http';
import { get as getHttps, Agent as HttpsAgent } from 'node:https';

/** Agents that never use a proxy, whatever NODE_USE_ENV_PROXY and HTTP_PROXY say (Node 24 and later). */
const httpAgent = new HttpAgent();
const httpsAgent = new HttpsAgent();

/** A complete answer. */
export interface DirectAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Sends a request to an admin port, never through a proxy, since admin ports are on this machine or in a private network.
 * Follows no redirect.
 *
 * @throws Error whose cause is the reason: a `TimeoutError`, or the error of the connection
 */
export async function getDirectly(url: URL, { timeoutMs }: { readonly timeoutMs: number }): Promise<DirectAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await answerOf(url, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw new Error('no answer', { cause: error });
  }
}

function answerOf(url: URL, signal: AbortSignal): Promise<DirectAnswer> {
  const [get, agent] = url.protocol === 'https:' ? [getHttps, httpsAgent] : [getHttp, httpAgent];
  return new Promise((resolve, reject) => {
    get(url, { agent, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    }).on('error', reject);
  });
}
