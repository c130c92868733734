import { textTable } from '../../../text-table.ts';
import { inWords, blastRadius as radiusOf } from '../../manage/blast-radius.ts';
import { KeyCommandError } from '../../manage/key-command-error.ts';
import type { Command } from '../context.ts';

/** `pnpm keys blast-radius <service>` */
export const blastRadius: Command = async ([service, more], { store }) => {
  if (service === undefined || more !== undefined)
    throw new KeyCommandError('of which service? blast-radius <service>', 64);
  const radius = radiusOf(await store.read(), service);
  const rows = radius.powers.map(({ what, where }) => [what, where.length === 0 ? 'no' : 'yes', where.join(', ')]);
  return {
    lines: [...inWords(radius), '', ...textTable([['POWER', 'HELD', 'WHERE'], ...rows])],
    json: radius,
  };
};
