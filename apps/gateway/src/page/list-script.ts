/** Shows a list of the API, page by page. */
export const listScript = `import { draw, drawButton } from '/shop/draw.js';

const limit = 20;

/**
 * Reads a list from its beginning; what stood there stays until it is read. A service that is down is the business of its
 * own list: the others go on.
 */
export async function showList(place, { visit, path, drawItem, none }) {
  const list = draw('ul', { className: 'rows' });
  const foot = draw('div', { className: 'foot' });

  async function read(cursor) {
    const query = new URLSearchParams({ limit, ...(cursor && { cursor }) });
    try {
      const { items, next_cursor: next } = await visit.ask('GET', path + '?' + query);
      list.append(...items.map(drawItem));
      const isEmpty = list.childElementCount === 0;
      foot.replaceChildren(next === null ? (isEmpty ? none : '') : drawButton('Show more', () => read(next)));
    } catch (refusal) {
      const shown = draw('span', { className: 'wrong', role: 'alert' }, refusal.message);
      const again = drawButton('Try again', () => read(cursor));
      foot.replaceChildren(shown, again);
    }
    list.hidden = list.childElementCount === 0;
    if (!list.isConnected) place.replaceChildren(list, foot);
  }

  await read();
}
`;
