/** What the tests of every app have in common. */
export type { CallAttack, CalledApp } from './call-attacks.ts';
export { callAttacks, otherCaller } from './call-attacks.ts';
export type { TestedOperation } from './call-refusals.ts';
export { testCallAttacks, testOtherRoutes, testSingleUse, testUnlistedCaller } from './call-refusals.ts';
export { documentFaults } from './document-faults.ts';
export type { Decision, GuardedApp } from './guarded-app.ts';
export { recordDecisions, serveApp } from './guarded-app.ts';
export { testLedger, testUnmatched } from './ledger.ts';
export type { OtherMethod } from './request-refusals.ts';
export { databaseNowhere, expectUnavailable, testBodyRefusals, testOtherMethods } from './request-refusals.ts';
export type { ResponseCheck } from './response-check.ts';
export { checkResponses } from './response-check.ts';
export { openRunIssuer } from './run-issuer.ts';
export type { SentCall, SignedCall, WellMadeCall } from './service-calls.ts';
export { decisionsOn, makeCall, sendCall } from './service-calls.ts';
export type { GuardedRoute } from './token-refusals.ts';
export { testTokenRefusals } from './token-refusals.ts';
