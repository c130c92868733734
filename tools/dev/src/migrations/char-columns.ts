import { ColumnTypeEnum, type SqlDriverAdapter, type SqlQuery, type SqlResultSet } from '@prisma/driver-adapter-utils';

/** What the schema engine reads from the system catalogue with Postgres' internal one-letter type "char". */
const CHAR_COLUMNS = new Set(['confdeltype', 'confupdtype', 'constraint_type']);

/**
 * The adapter as the schema engine needs it. PrismaPg refuses "char": these columns are read as text, and described as characters.
 */
export function withChars(base: SqlDriverAdapter): SqlDriverAdapter {
  const queryRaw = (query: SqlQuery): Promise<SqlResultSet> => queryWithChars(base, query);
  return Object.assign<SqlDriverAdapter, Pick<SqlDriverAdapter, 'queryRaw'>>(Object.create(base), { queryRaw });
}

async function queryWithChars(base: SqlDriverAdapter, query: SqlQuery): Promise<SqlResultSet> {
  const sql = query.sql
    .replace(/\b(con\.)(confdeltype|confupdtype),/g, '$1$2::text AS $2,')
    .replace('constr.contype AS constraint_type', 'constr.contype::text AS constraint_type');
  const result = await base.queryRaw({ ...query, sql });
  const columnTypes = result.columnTypes.map((type, index) =>
    CHAR_COLUMNS.has(result.columnNames[index] ?? '') ? ColumnTypeEnum.Character : type,
  );
  return { ...result, columnTypes };
}
