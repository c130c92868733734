/** One spelling per mailbox: NFKC, lower case, trimmed. So one address is one account. */
export function normalizeEmail(email: string): string {
  // Trimmed last: compatibility characters may stand for a space. Composed again: lower case may take a letter apart.
  return email.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
}
