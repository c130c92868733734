import { ada, mug } from '../demo/demo-data.ts';
import type { ServiceName } from '../stack/services.ts';

/** A command line for plain sh, and what it shows. */
export interface BannerCommand {
  title: string;
  command: string;
}

/** The commands of the banner. They run unchanged, one after the other: the first leaves the token in `$TOKEN`. */
export function bannerCommands(urls: Record<ServiceName, string>): readonly BannerCommand[] {
  const json = `-H 'Content-Type: application/json'`;
  const token = `-H "Authorization: Bearer $TOKEN"`;
  const login = JSON.stringify({ email: ada.email, password: ada.password });
  const order = JSON.stringify({ items: [{ productId: mug.id, quantity: 2 }] });
  // node is there for sure, jq is not.
  const readToken = `node -pe 'JSON.parse(require("fs").readFileSync(0)).access_token'`;
  return [
    { title: 'log in', command: `TOKEN=$(curl -s ${urls.user}/auth/login ${json} -d '${login}' | ${readToken})` },
    { title: 'read what needs a token', command: `curl -s '${urls.product}/products?limit=3' ${token}` },
    { title: 'order two mugs', command: `curl -s ${urls.order}/orders ${token} ${json} -d '${order}'` },
  ];
}
