// The command that grants and revokes roles: node dist/accounts-command.js grant <e-mail> <role>, with DATABASE_URL.
import { env, exit, stderr } from 'node:process';
import { runHere } from '@auth/command';
import { databaseTrouble } from '@auth/db/errors';
import { openUserDb } from '@auth/db/user';
import {
  auditEvents,
  ConfigError,
  createLog,
  createMetrics,
  DatabaseSettings,
  databaseConfig,
  readConfig,
} from '@auth/http';
import * as z from 'zod';
import type { AccountEvent } from './accounts/account-event.ts';
import { createAccountsCommand } from './accounts/accounts-arguments.ts';
import { normalizeEmail } from './accounts/email.ts';
import { createRoleStore } from './accounts/rights-store.ts';
import { createRoleChange, type RoleChange } from './accounts/role-change.ts';
import { UserError } from './user-error.ts';

const accounts = createAccountsCommand(async (wanted) => {
  try {
    return await change(wanted, databaseConfig(readConfig(z.object(DatabaseSettings), env)));
  } catch (error) {
    const exitCode = error instanceof ConfigError ? error.exitCode : 1;
    throw Object.assign(new Error(`accounts: ${explain(error)}`), { exitCode });
  }
});

await runHere(accounts);
// The database client may keep the process running for a while.
exit();

/** Changes the role and describes the result. The audit event is written to standard error, as a log line of the service. */
async function change(wanted: RoleChange, config: Parameters<typeof openUserDb>[0]): Promise<string> {
  const { email, role } = wanted;
  const db = openUserDb(config);
  try {
    const log = createLog({ service: 'user', level: 'info', format: 'json', destination: stderr });
    const audit = auditEvents<AccountEvent>({
      log,
      metrics: createMetrics({ service: 'user' }),
      metric: 'auth_account_events_total',
      help: 'Events of accounts and sessions, by outcome.',
    });
    const changeRole = createRoleChange({ store: createRoleStore(db), audit, now: () => Date.now() / 1000 });
    const holder = await changeRole({ ...wanted, email: normalizeEmail(email) });
    if (holder === 'last_role') throw new Error(`${role} is the only role of ${email}: an account has at least one`);
    const { roles, isChanged, disabled } = holder;
    const state = `${email} ${isChanged ? 'now has' : 'already has'} the roles: ${roles.join(', ')}`;
    return disabled ? `${state}. The account is disabled, so logins to it are refused` : state;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.code === 'user_not_found')
      throw new Error(`there is no account with the e-mail address ${email}: register it first`);
    if (error.code === 'last_admin')
      throw new Error(`${email} is the last admin: grant the role to another account first`);
    throw error;
  } finally {
    await db.close();
  }
}

/** Returns the reason in one line: the message of the database, or the last line of the message of its client. */
function explain(error: unknown): string {
  const trouble = databaseTrouble(error);
  if (trouble !== undefined) return trouble.reason;
  if (!(error instanceof Error)) return String(error);
  const isOfDatabase = error.name.startsWith('Prisma') || error.name === 'DriverAdapterError';
  if (!isOfDatabase) return error.message;
  const cause = read(read(read(error, 'meta'), 'driverAdapterError'), 'cause');
  const reason = read(cause, 'originalMessage') ?? error.message.trim().split('\n').at(-1);
  return `the database of DATABASE_URL refuses: ${String(reason)}`;
}

function read(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
