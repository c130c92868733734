import { gateway, issuerService } from '@auth/contracts';
import { openGatewayDb } from '@auth/db/gateway';
import { runService } from '@auth/http';
import { openService } from '@auth/service';
import { compose } from './compose.ts';
import { parseConfig } from './config.ts';

await runService(process, gateway, async (env) => {
  const config = parseConfig(env);
  const db = openGatewayDb(config.database);
  const service = await openService({ service: gateway, audience: issuerService, config, database: db });
  return service.serve(compose({ config, db, service }));
});
