import { openProductDb } from '@auth/db/product';
import { runService } from '@auth/http';
import { openService } from '@auth/service';
import { buildApp } from './app.ts';
import { parseConfig } from './config.ts';
import { createProductStore } from './product-store.ts';
import { createProducts } from './products.ts';
import { createQuotes } from './quotes.ts';

await runService(process, 'product', async (env) => {
  const config = parseConfig(env);
  const db = openProductDb(config.database);
  const service = await openService({ service: 'product', config, database: db });
  const store = createProductStore(db);
  const app = buildApp({ ...service, products: createProducts({ store }), quotes: createQuotes({ store }) });
  return service.serve(app);
});
