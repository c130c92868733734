/** The products, and ordering one of them. */
export const productsScript = `import { draw, money } from '/shop/draw.js';
import { onSent } from '/shop/form.js';
import { showList } from '/shop/list.js';

/** Whether a try may have placed an order without saying so: no answer, one that is not final, or a try still running. */
const isUndecided = ({ status = 500 }) => status === 409 || status >= 500;

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
  quantity.ariaLabel = 'Quantity of ' + name;
  const button = draw('button', { ariaLabel: 'Order ' + name }, 'Order');
  const form = draw('form', { method: 'post', noValidate: true }, quantity, button);
  onSent(form, createOrdering(id, options));
  return form;
}

/** One key for each order that is meant: sent again after a try that nobody knows the end of, it is placed once. */
function createOrdering(productId, { visit, onOrdered }) {
  let tried;
  return async ({ quantity }) => {
    if (tried?.quantity !== quantity) tried = { quantity, key: crypto.randomUUID() };
    const body = { items: [{ productId, quantity: Number(quantity) }] };
    try {
      const order = await visit.ask('POST', '/orders', { body, headers: { 'Idempotency-Key': tried.key } });
      tried = undefined;
      await onOrdered(order);
    } catch (refusal) {
      if (!isUndecided(refusal)) tried = undefined;
      throw refusal;
    }
  };
}
`;
