import { openUserDb } from '@auth/db/user';
import { runService } from '@auth/http';
import { openService } from '@auth/service';
import { assertNoDemoAccounts } from './accounts/demo-account-store.ts';
import { compose } from './compose.ts';
import { parseConfig } from './config.ts';

await runService(process, 'user', async (env) => {
  const config = parseConfig(env);
  const db = openUserDb(config.database);
  const service = await openService({ service: 'user', config, database: db });
  await assertNoDemoAccounts(db, config);
  return service.serve(compose({ config, db, service }));
});
