import { ada, mug } from '../demo/demo-data.ts';
import type { AppName } from '../stack/services.ts';

/** A command line for plain sh, and its purpose. */
export interface BannerCommand {
  title: string;
  command: string;
}

/**
 * The commands of the banner: the same with an access token, and with a cookie through the gateway. They run unchanged, one
 * after the other: the token is left in `$TOKEN`, the cookie in the file `$JAR`.
 */
export function bannerCommands(urls: Record<AppName, string>): readonly BannerCommand[] {
  const json = `-H 'Content-Type: application/json'`;
  const token = `-H "Authorization: Bearer $TOKEN"`;
  const cookie = `-b "$JAR"`;
  const sameOrigin = `-H 'Origin: ${urls.gateway}'`;
  const login = JSON.stringify({ email: ada.email, password: ada.password });
  const order = JSON.stringify({ items: [{ productId: mug.id, quantity: 2 }] });
  // Node is certainly installed, jq may not be.
  const readToken = `node -pe 'JSON.parse(require("fs").readFileSync(0)).access_token'`;
  return [
    { title: 'log in', command: `TOKEN=$(curl -s ${urls.user}/auth/login ${json} -d '${login}' | ${readToken})` },
    { title: 'read what needs a token', command: `curl -s '${urls.product}/products?limit=3' ${token}` },
    { title: 'order two mugs', command: `curl -s ${urls.order}/orders ${token} ${json} -d '${order}'` },
    {
      title: 'or as a browser does, through the gateway: log in for a cookie',
      command: `JAR=$(mktemp); curl -s -c "$JAR" ${urls.gateway}/session ${sameOrigin} ${json} -d '${login}'`,
    },
    { title: 'read with it', command: `curl -s ${cookie} '${urls.gateway}/products?limit=3'` },
    {
      title: 'order with it: what changes something must come from a page of the gateway',
      command: `curl -s ${cookie} ${urls.gateway}/orders ${sameOrigin} ${json} -d '${order}'`,
    },
  ];
}
