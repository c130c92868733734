/** The tables of a service, each with one of its columns. */
export type Tables = Readonly<Record<string, string>>;

/**
 * SQL that changes nothing and needs the same as a write to each of the tables: the table exists and is not locked, the role
 * may write to it, and the database is not read-only. It fails where a function is missing. Its only row holds the settings of
 * the session.
 */
export function probeOf(tables: Tables, functions: readonly string[] = []): string {
  const writes = Object.entries(tables).map(
    ([table, column], index) => `w${index} AS (UPDATE public.${table} SET ${column} = ${column} WHERE false)`,
  );
  const settings = `current_setting('TimeZone') AS zone, current_setting('DateStyle') AS "dateStyle"`;
  const found = functions.map((name, index) => `, 'public.${name}'::regproc::text AS f${index}`).join('');
  return `${writes.length === 0 ? '' : `WITH ${writes.join(', ')} `}SELECT ${settings}${found}`;
}

/** Checks the row. @throws Error when the session settings are not those our SQL relies on: a pooler has dropped them */
export function assertSession(rows: unknown): void {
  const [row] = rows as readonly { readonly zone: string; readonly dateStyle: string }[];
  const isFit =
    /^(?:Etc\/)?(?:UTC|UCT|GMT|Zulu|Universal)$/i.test(row?.zone ?? '') && /^ISO/.test(row?.dateStyle ?? '');
  if (isFit) return;
  const found = `TimeZone is ${row?.zone}, DateStyle is ${row?.dateStyle}`;
  const message = `the requested session settings are not in force (${found}): the pooler must forward them`;
  throw Object.assign(new Error(message), { code: '08P01' });
}
