import { issuerService } from '@auth/contracts';
import { maxAccessTokenSeconds } from '@auth/verify/times';
import type { Gate } from './gate.ts';

/** How long the longest-lived access token is good, in seconds: as long as any may be, where the issuer does not say. */
export function accessTokenLife(gate: Pick<Gate, 'setting'>): number {
  return gate.setting(issuerService, 'accessTokenSeconds') ?? maxAccessTokenSeconds;
}
