import type { SqlQuery, SqlQueryable, SqlResultSet } from '@prisma/driver-adapter-utils';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';

/** What the schema engine reads from the system catalogue with Postgres' internal one-letter type "char". */
const CHAR_COLUMNS = new Set(['confdeltype', 'confupdtype', 'constraint_type']);

/** Reads for the schema engine. PrismaPg refuses "char": ask for text instead, and call it a character in the answer. */
export async function queryWithChars(queryable: SqlQueryable, query: SqlQuery): Promise<SqlResultSet> {
  const sql = query.sql
    .replace(/\b(con\.)(confdeltype|confupdtype),/g, '$1$2::text AS $2,')
    .replace('constr.contype AS constraint_type', 'constr.contype::text AS constraint_type');
  const result = await queryable.queryRaw({ ...query, sql });
  const columnTypes = result.columnTypes.map((type, index) =>
    CHAR_COLUMNS.has(result.columnNames[index] ?? '') ? ColumnTypeEnum.Character : type,
  );
  return { ...result, columnTypes };
}
