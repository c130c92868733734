// Puts the schemas and migrations beside the built code, where it looks for them.
import { cpSync } from 'node:fs';

for (const service of ['user', 'product', 'order']) {
  for (const name of ['schema.prisma', 'migrations']) {
    cpSync(new URL(`./${service}/${name}`, import.meta.url), new URL(`./dist/${service}/${name}`, import.meta.url), {
      recursive: true,
    });
  }
}
