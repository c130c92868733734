import { databaseNames } from '@auth/dev';
import type pg from 'pg';

/** The tables that the requests below write to. */
const tables = { user: ['sessions'], product: ['products'], order: ['orders'], gateway: ['sessions'] } as const;
/** The server whose databases fail, and the role of the services there. */
export interface FaultySubject {
  /** Connects to a database as the administrator. */
  readonly connect: (database: string) => Promise<pg.Client>;
  readonly root: pg.Client;
  readonly password: string;
}

/** Runs SQL in each database as its administrator. */
async function inEach(
  { connect }: FaultySubject,
  sql: (name: (typeof databaseNames)[number]) => string,
): Promise<void> {
  await Promise.all(
    databaseNames.map(async (name) => {
      const client = await connect(name);
      await client.query(sql(name)).finally(() => client.end());
    }),
  );
}

/** Ends the connections of the services, so that new ones are opened under the changed conditions. */
const reconnect = ({ root }: FaultySubject) =>
  root.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'shop' and pid <> pg_backend_pid()`,
  );

/** Replaces the rules for client connections; those for the administrator stay. */
async function replaceHba({ root }: FaultySubject, rule: string): Promise<void> {
  const { rows } = await root.query<{ file: string }>(`select current_setting('hba_file') as file`);
  const lines = `select unnest(array['host all postgres 127.0.0.1/32 scram-sha-256', '${rule}'])`;
  await root.query(`copy (${lines}) to program 'cat > ${rows[0]?.file}'`);
  await root.query('select pg_reload_conf()');
}

/** Breaks all databases, and repairs them. */
export interface Fault {
  begin(): Promise<void>;
  end(): Promise<void>;
}

/** Locks the tables, as a migration or an administrator does. */
function lock({ connect }: FaultySubject): Fault {
  const holders: pg.Client[] = [];
  return {
    async begin() {
      for (const name of databaseNames) {
        const client = await connect(name);
        await client.query(`begin; ${tables[name].map((table) => `lock table ${table}`).join('; ')}`);
        holders.push(client);
      }
    },
    async end() {
      for (const client of holders) await client.query('rollback').then(() => client.end());
    },
  };
}

/** The faults by name, each with the logged reason and the answer of /readyz meanwhile. */
export const faults: [string, RegExp, 503 | 200, (subject: FaultySubject) => Fault][] = [
  ['locked', /a table is locked/, 503, lock],
  [
    'refusing the password',
    /refuses the user or the password.*28P01/,
    503,
    (subject) => ({
      begin: () =>
        subject.root
          .query(`alter role shop password 'another'`)
          .then(() => reconnect(subject))
          .then(),
      end: () => subject.root.query(`alter role shop password '${subject.password}'`).then(),
    }),
  ],
  [
    'refusing connections without TLS',
    /no encryption.*28000/,
    503,
    (subject) => ({
      begin: () =>
        replaceHba(subject, 'hostssl all all 127.0.0.1/32 scram-sha-256')
          .then(() => reconnect(subject))
          .then(),
      end: () => replaceHba(subject, 'host all all 127.0.0.1/32 scram-sha-256'),
    }),
  ],
  [
    'read-only',
    /read-only.*25006/,
    503,
    (subject) => ({
      begin: () =>
        inEach(subject, (name) => `alter database "${name}" set default_transaction_read_only = on`)
          .then(() => reconnect(subject))
          .then(),
      end: () =>
        inEach(
          subject,
          (name) => `set transaction read write; alter database "${name}" reset default_transaction_read_only`,
        ).then(),
    }),
  ],
  [
    'on a full disk, which still answers reads',
    /disk of the database is full.*53100/,
    200,
    (subject) => ({
      begin: () =>
        inEach(
          subject,
          (name) => `
            create or replace function full_disk() returns trigger language plpgsql as
              $$ begin raise exception 'could not extend file "base/1"' using errcode = '53100'; end $$;
            ${tables[name]
              .map(
                (table) =>
                  `create trigger full_disk before insert or update on ${table} for each row execute function full_disk();`,
              )
              .join('')}`,
        ),
      end: () => inEach(subject, (name) => tables[name].map((table) => `drop trigger full_disk on ${table};`).join('')),
    }),
  ],
];
