import { operations } from '@auth/contracts';
import { defineRoutes } from '@auth/http';
import { expect, it } from '@jest/globals';
import * as z from 'zod';
import { routesTables } from './routes-page.ts';

const answer = { status: 200, description: 'It.', schema: z.object({}) } as const;
const routes = defineRoutes({
  'GET /products': {
    who: { scope: 'product:read' },
    summary: 'List',
    details: 'All of them.',
    answer,
    query: z.object({ limit: z.string(), q: z.string() }),
  },
  'POST /products': { who: 'anyone', summary: 'Add', body: z.object({}), answer, problems: ['conflict'] },
  'DELETE /products': { who: 'own page', summary: 'Remove', answer: { status: 204, description: 'Gone.' } },
});

it('routesTables has a row for each route with its guard, and for each operation with its callers', () => {
  const rows = routesTables({ product: routes })
    .split('\n')
    .filter((line) => line.startsWith('| `') || line.startsWith('## '));
  expect(rows).toEqual([
    '## product',
    '| `GET /products?limit&q` | scope `product:read` | List. All of them. | 200 |  |',
    '| `POST /products` | anyone | Add. | 200 | `conflict` |',
    '| `DELETE /products` | own page | Remove. | 204 | `forbidden` |',
    `| \`POST /internal/quotes\` | \`product:quotes.create\` | ${operations['product:quotes.create'].callers.join(', ')} | none |`,
  ]);
});
