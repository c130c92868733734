// Puts the schemas and migrations beside the built code, where it looks for them.
import { cpSync, existsSync, readdirSync } from 'node:fs';

const folders = readdirSync(new URL('.', import.meta.url));
for (const service of folders.filter((name) => existsSync(new URL(`./${name}/schema.prisma`, import.meta.url)))) {
  for (const name of ['schema.prisma', 'migrations']) {
    cpSync(new URL(`./${service}/${name}`, import.meta.url), new URL(`./dist/${service}/${name}`, import.meta.url), {
      recursive: true,
    });
  }
}
