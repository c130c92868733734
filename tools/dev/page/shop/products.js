import { draw, money } from './draw.js';
import { onSent } from './form.js';
import { showList } from './list.js';

/** Returns whether an attempt may have placed an order: after no answer, a 5xx, or while another attempt is running. */
const isUndecided = ({ status = 500 }) => status === 409 || status >= 500;

/** Shows the products, each with a form to order it. */
export function showProducts(place, { visit, onOrdered }) {
  const drawItem = (product) => drawProduct(product, { visit, onOrdered });
  return showList(place, { visit, path: '/products', drawItem, none: 'There are no products.' });
}

function drawProduct({ id, name, description, price, currency, stock }, options) {
  const what = draw(
    'div',
    { className: 'what' },
    draw('p', { className: 'name' }, name),
    draw('p', { className: 'detail' }, description),
  );
  const soldOut = draw('span', { className: 'none' }, 'Sold out');
  const getIt = stock === 0 ? soldOut : drawOrderForm({ id, name }, options);
  return draw('li', {}, what, draw('span', { className: 'price' }, money(price, currency)), getIt);
}

function drawOrderForm({ id, name }, options) {
  const quantity = draw('input', { type: 'number', name: 'quantity', min: 1, max: 1000, value: 1 });
  quantity.ariaLabel = `Quantity of ${name}`;
  const button = draw('button', { ariaLabel: `Order ${name}` }, 'Order');
  const form = draw('form', { method: 'post', noValidate: true }, quantity, button);
  onSent(form, createOrdering(id, options));
  return form;
}

/**
 * Uses one idempotency key for each intended order: a retry after an attempt with an unknown result places it only once.
 */
function createOrdering(productId, { visit, onOrdered }) {
  let attempt;
  return async ({ quantity }) => {
    if (attempt?.quantity !== quantity) attempt = { quantity, key: crypto.randomUUID() };
    const body = { items: [{ productId, quantity: Number(quantity) }] };
    try {
      const order = await visit.ask('POST', '/orders', { body, headers: { 'Idempotency-Key': attempt.key } });
      attempt = undefined;
      await onOrdered(order);
    } catch (refusal) {
      if (!isUndecided(refusal)) attempt = undefined;
      throw refusal;
    }
  };
}
