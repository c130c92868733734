// The generator of load, as a process of its own: what it costs is not counted with what it measures.
import type { Load, LoadResult } from '../measure/load.ts';
import { openLoad } from '../measure/load.ts';

/** What it answers to a load that it was sent. */
export type LoadAnswer = LoadResult | { readonly error: string };

const load = openLoad();
process.on('message', (message) => {
  void load
    .run(message as Load)
    .catch((error: unknown): LoadAnswer => ({ error: String(error) }))
    .then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
