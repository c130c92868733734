import { markdownTable } from '../measure/markdown-table.ts';
import type { Comparison } from './comparison.ts';

/** What requests are for the user app and the stores. */
export function storesBlock({ variants, storeLoad, credentialBytes }: Comparison): string {
  const rows = variants.compared.map(({ key, title }) => {
    const counts = storeLoad.get(key)?.counts;
    const shown = (count: number | undefined) => String(Math.round((count ?? Number.NaN) / 10) * 10);
    return [
      title,
      shown(counts?.userRequests),
      shown(counts?.user),
      shown((counts?.gateway ?? Number.NaN) + (counts?.shared ?? Number.NaN)),
      shown(counts?.redisCommands),
      shown(counts?.product),
      `${credentialBytes.get(key)} bytes`,
    ];
  });
  return markdownTable([
    [
      '1000 requests are',
      'requests to the user app',
      'transactions of its database',
      'transactions of the sessions',
      'Redis commands',
      'transactions of the products',
      'each request says who asks in',
    ],
    ...rows,
  ]);
}
