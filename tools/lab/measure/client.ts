import { ada } from '@auth/dev';

/** The tokens of a login or a refresh. */
export interface TokenPair {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** Sends JSON. */
export function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Logs in at the user app, as a demo customer unless another account is given. */
export async function logIn(
  user: string,
  { email, password }: { email: string; password: string } = ada,
): Promise<TokenPair> {
  const answer = await assertOk(await post(`${user}/auth/login`, { email, password }));
  return (await answer.json()) as TokenPair;
}

/** Logs a demo customer in at the gateway. Returns its cookie as a request sends it. */
export async function logInAtGateway(gateway: string): Promise<string> {
  const { email, password } = ada;
  const answer = await assertOk(await post(`${gateway}/session`, { email, password }, { origin: gateway }));
  return /^[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
}

/** Returns an answer with a status of 2xx. @throws Error with the status and the body of another */
export async function assertOk(answer: Response): Promise<Response> {
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`);
  return answer;
}
