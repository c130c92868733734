import { draw, money, time } from './draw.js';
import { showList } from './list.js';

/** Shows the orders of the user. */
export function showOrders(place, { visit }) {
  return showList(place, { visit, path: '/orders', drawItem: drawOrder, none: 'You have not ordered anything yet.' });
}

/** Describes an order: 2 × Stoneware mug. */
export function wordsOfOrder({ items }) {
  return items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ');
}

function drawOrder(order) {
  const what = draw(
    'div',
    { className: 'what' },
    draw('p', { className: 'name' }, wordsOfOrder(order)),
    draw('p', { className: 'detail' }, `${order.status} ${time(order.createdAt)}`),
  );
  return draw('li', {}, what, draw('span', { className: 'price' }, money(order.total, order.currency)));
}
