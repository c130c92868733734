import type { Thing, ThingStore } from './things.ts';

/** The same things in every replica, since no replica writes to them: a table takes their place. */
const things: readonly Thing[] = [
  { id: '019b0000-0000-7000-8000-0000000000a1', name: 'First thing' },
  { id: '019b0000-0000-7000-8000-0000000000a2', name: 'Second thing' },
];

/** Creates a store of two things in memory. */
export function createThingStore(): ThingStore {
  return { find: async (id) => things.find((thing) => thing.id === id) };
}
