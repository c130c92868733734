/** The tables of a service, each with one of its columns. */
export type Tables = Readonly<Record<string, string>>;

interface ProbeRow {
  readonly zone: string;
  readonly dateStyle: string;
  /** Privileges that the role lacks, such as `DELETE on sessions`. */
  readonly lacks: string | null;
}

/**
 * Creates SQL that changes nothing and succeeds only where each of the tables can be written to: the table exists and is not
 * locked, the role may write to it, and the database is not read-only. It fails where a function is missing. Its only row holds
 * the settings of the session and the privileges that the role lacks.
 */
export function probeOf(tables: Tables, functions: readonly string[] = []): string {
  const writes = Object.entries(tables).map(
    ([table, column], index) => `w${index} AS (UPDATE public.${table} SET ${column} = ${column} WHERE false)`,
  );
  const needs = [
    ...Object.keys(tables).flatMap((table) =>
      ['SELECT', 'INSERT', 'UPDATE', 'DELETE'].map(
        (privilege) => `('${privilege} on ${table}', has_table_privilege('public.${table}'::regclass, '${privilege}'))`,
      ),
    ),
    ...functions.map((name) => `('EXECUTE on ${name}', has_function_privilege('public.${name}'::regproc, 'EXECUTE'))`),
  ];
  const lacks =
    needs.length === 0
      ? 'NULL'
      : `(SELECT string_agg(need, ', ') FROM (VALUES ${needs.join(', ')}) n (need, granted) WHERE NOT granted)`;
  const settings = `current_setting('TimeZone') AS zone, current_setting('DateStyle') AS "dateStyle"`;
  return `${writes.length === 0 ? '' : `WITH ${writes.join(', ')} `}SELECT ${settings}, ${lacks} AS lacks`;
}

/**
 * Checks the row of a probe.
 *
 * @throws Error when the role lacks a privilege, or when the session settings are not those our SQL relies on: a pooler has
 *   dropped them
 */
export function assertUsable(rows: unknown): void {
  const [row] = rows as readonly ProbeRow[];
  if (row?.lacks) throw Object.assign(new Error(`permission denied: ${row.lacks}`), { code: '42501' });
  const isFit =
    /^(?:Etc\/)?(?:UTC|UCT|GMT|Zulu|Universal)$/i.test(row?.zone ?? '') && /^ISO/.test(row?.dateStyle ?? '');
  if (isFit) return;
  const found = `TimeZone is ${row?.zone}, DateStyle is ${row?.dateStyle}`;
  const message = `the requested session settings are not in force (${found}): the pooler must forward them`;
  throw Object.assign(new Error(message), { code: '08P01' });
}
