import * as z from 'zod';

/** The answer to a login or a refresh (RFC 6749 §5.1): the members that its readers use. */
export const TokenResponse = z.object({ access_token: z.string().min(1), refresh_token: z.string().min(1) });
export type TokenResponse = z.output<typeof TokenResponse>;

/** The answer to a failed request (RFC 9457): the members that its readers use. */
export const ProblemDetails = z.object({
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ detail: z.string(), pointer: z.string() })).optional(),
});
export type ProblemDetails = z.output<typeof ProblemDetails>;
