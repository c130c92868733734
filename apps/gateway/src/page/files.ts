import { askScript } from './ask-script.ts';
import { drawScript } from './draw-script.ts';
import { formScript } from './form-script.ts';
import { listScript } from './list-script.ts';
import { markup } from './markup.ts';
import { ordersScript } from './orders-script.ts';
import { productsScript } from './products-script.ts';
import { sessionsScript } from './sessions-script.ts';
import { shopScript } from './shop-script.ts';
import { style } from './style.ts';
import { visitScript } from './visit-script.ts';

const scripts = {
  '/shop.js': shopScript,
  '/shop/ask.js': askScript,
  '/shop/draw.js': drawScript,
  '/shop/form.js': formScript,
  '/shop/list.js': listScript,
  '/shop/orders.js': ordersScript,
  '/shop/products.js': productsScript,
  '/shop/sessions.js': sessionsScript,
  '/shop/visit.js': visitScript,
};

/** What the page is made of: by path the media type and the text. */
export const pageFiles: readonly (readonly [path: string, type: string, text: string])[] = [
  ['/', 'text/html', markup],
  ['/shop.css', 'text/css', style],
  ...Object.entries(scripts).map(([path, text]) => [path, 'text/javascript', text] as const),
];
