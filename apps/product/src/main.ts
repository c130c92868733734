import { openProductDb } from '@auth/db/product';
import { runService } from '@auth/http';
import { openService } from '@auth/service';
import { compose } from './compose.ts';
import { parseConfig } from './config.ts';

await runService(process, 'product', async (env) => {
  const config = parseConfig(env);
  const db = openProductDb(config.database);
  const service = await openService({ service: 'product', config, database: db });
  return service.serve(compose({ db, service }));
});
