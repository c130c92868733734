import { openOrderDb } from '@auth/db/order';
import { runService } from '@auth/http';
import { openService } from '@auth/service';
import { compose, openClients } from './compose.ts';
import { parseConfig } from './config.ts';

await runService(process, 'order', async (env) => {
  const config = parseConfig(env);
  const db = openOrderDb(config.database);
  const service = await openService({ service: 'order', config, database: db });
  return service.serve(compose({ config, db, service, ...openClients(config, service) }));
});
