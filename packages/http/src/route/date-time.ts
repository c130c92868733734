import * as z from 'zod';

/** The schema of a time in an answer, RFC 3339 in UTC. A handler may return a `Date`: `JSON.stringify` writes it so. */
export const dateTime: z.ZodType<string, string | Date> = z.iso.datetime();
