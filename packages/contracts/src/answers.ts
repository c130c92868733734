import * as z from 'zod';

/** What a login or a refresh is answered with (RFC 6749 §5.1), as far as its reader needs it. */
export const TokenResponse = z.object({ access_token: z.string().min(1), refresh_token: z.string().min(1) });
export type TokenResponse = z.output<typeof TokenResponse>;

/** What an error is answered with (RFC 9457), as far as its reader needs it. */
export const ProblemDetails = z.object({
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ detail: z.string(), pointer: z.string() })).optional(),
});
export type ProblemDetails = z.output<typeof ProblemDetails>;
