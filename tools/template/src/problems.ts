import { Problem, type ProblemCode, type Translate, upstreamProblem } from '@auth/http';
import { UpstreamError } from '@auth/verify/client';
import { ThingError, type ThingErrorCode } from './things.ts';

const answers = {
  thing_not_found: ['not_found', 'There is no such thing.'],
} as const satisfies Record<ThingErrorCode, readonly [ProblemCode, string]>;

/** Translations of the errors of this service to problems, tried in this order. */
export const translate: readonly Translate[] = [
  // with calls:
  (error) => {
    if (!(error instanceof UpstreamError)) return undefined;
    const why = { reason: error.message };
    return error.answer?.code === 'not_found' ? new Problem('not_found', why) : upstreamProblem(error.code, why);
  },
  // end
  (error) => {
    if (!(error instanceof ThingError)) return undefined;
    const [code, detail] = answers[error.code];
    return new Problem(code, { detail, reason: error.code });
  },
];
