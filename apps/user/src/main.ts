import { openUserDb } from '@auth/db/user';
import { runService } from '@auth/http';
import { openService } from '@auth/service';
import { compose } from './compose.ts';
import { parseConfig } from './config.ts';
import { assertNoDemoAccounts } from './demo-account-store.ts';

await runService(process, 'user', async (env) => {
  const config = parseConfig(env);
  const db = openUserDb(config.database);
  const service = await openService({ service: 'user', config, database: db });
  await assertNoDemoAccounts(db, config);
  return service.serve(compose({ config, db, service }));
});
