import { issuerService } from '@auth/contracts';
import type { Gate } from './gate.ts';

/** Clocks may differ by this much. */
export const skewSeconds = 5;

/** Where the issuer does not say: the longest life that an access token may have. */
const unknownTokenSeconds = 3600;

/** How long the longest-lived access token is good, in seconds. */
export function accessTokenLife(gate: Pick<Gate, 'setting'>): number {
  return gate.setting(issuerService, 'accessTokenSeconds') ?? unknownTokenSeconds;
}
