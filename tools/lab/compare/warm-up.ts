import type { ClientsOf } from './clients.ts';
import type { LoadGenerator } from './load-generator.ts';
import type { Variant } from './variants.ts';

/**
 * Keeps every gateway and proxy, the service and the user app busy for so long, and for less on further routes of a process
 * that is warm by then: the first ones compile what the later ones run, and a process in production has long done so.
 */
export async function warmUp(options: {
  load: LoadGenerator;
  variants: readonly Variant[];
  clients: ClientsOf;
  ms: number;
}): Promise<void> {
  const { load, variants, clients, ms } = options;
  const warm = new Set<string>();
  for (const variant of variants) {
    const { key, origin, path, door } = variant;
    const process = door?.name ?? (key === 'ask-user' ? 'user' : 'shop');
    const until = { ms: warm.has(process) ? ms / 8 : ms };
    warm.add(process);
    await load.run({ ask: { origin, path }, clients: clients(variant), until });
  }
}
