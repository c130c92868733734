import { runService } from '@auth/http';
import { openService } from '@auth/service';
import { compose, openClients } from './compose.ts';
import { parseConfig } from './config.ts';

await runService(process, 'template', async (env) => {
  const config = parseConfig(env);
  const service = await openService({ service: 'template', config });
  return service.serve(compose({ service, clients: openClients(config, service) }));
});
