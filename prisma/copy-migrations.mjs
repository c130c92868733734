// Copies the migrations beside the built code, where it looks for them.
import { cpSync, existsSync, readdirSync } from 'node:fs';

const folders = readdirSync(new URL('.', import.meta.url));
for (const service of folders.filter((name) => existsSync(new URL(`./${name}/schema.prisma`, import.meta.url)))) {
  const [from, to] = [`./${service}/migrations`, `./dist/${service}/migrations`];
  cpSync(new URL(from, import.meta.url), new URL(to, import.meta.url), { recursive: true });
}
