import { makeAccessToken, makeServiceToken } from '../../manage/development-token.ts';
import { KeyCommandError } from '../../manage/key-command-error.ts';
import type { Command } from '../context.ts';

/** `pnpm keys token` */
export const token: Command = async (_words, { args, store, now }) => {
  const { from, to, operation, params, body, user } = args.token;
  const folder = await store.read();
  const clock = () => now().getTime() / 1000;
  const access = user === undefined ? undefined : makeAccessToken(folder, user, clock);
  if (from === undefined && to === undefined && operation === undefined && access !== undefined) {
    return { lines: [access.header], json: access };
  }
  if (from === undefined || to === undefined || operation === undefined) {
    throw new KeyCommandError(
      'token for what? --user <ada|admin>, or --from <caller> --to <callee> --operation <resource.verb>',
      64,
    );
  }
  const accessToken = access?.header.slice('Authorization: Bearer '.length);
  const service = makeServiceToken(folder, { from, to, operation, params, body, accessToken }, clock);
  // The headers alone, so that a shell can use them: curl -H "$(pnpm -s keys token …)".
  return { lines: [service.header, ...(access === undefined ? [] : [access.header])], json: { ...service, access } };
};
