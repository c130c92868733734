import type { Machine } from '../measure/machine.ts';
import type { Logout } from './logout.ts';
import type { Outage } from './outage.ts';
import type { Turn } from './rounds.ts';
import type { CompareSettings } from './settings.ts';
import type { StoreLoad } from './store-load.ts';
import type { Variants } from './variants.ts';

/** Everything that one run has measured, by the key of the variant. */
export interface Comparison {
  readonly settings: CompareSettings;
  readonly machine: Machine;
  readonly connections: number;
  readonly variants: Variants;
  readonly turns: ReadonlyMap<string, readonly Turn[]>;
  /** The gateways and the plain proxy, all of them sent as much. */
  readonly paced: { readonly perSecond: number; readonly turns: ReadonlyMap<string, readonly Turn[]> };
  readonly storeLoad: ReadonlyMap<string, StoreLoad>;
  readonly logouts: ReadonlyMap<string, readonly Logout[]>;
  readonly outages: ReadonlyMap<string, Outage>;
  /** Bytes of the headers that say who asks. */
  readonly credentialBytes: ReadonlyMap<string, number>;
}
