import { draw, drawButton } from './draw.js';

const limit = 20;

/**
 * Shows a list of the API, page by page. The previous content stays until the first page is read. A service that is down
 * affects only its own list.
 */
export async function showList(place, { visit, path, drawItem, none }) {
  const list = draw('ul', { className: 'rows' });
  const foot = draw('div', { className: 'foot' });

  async function read(cursor) {
    const query = new URLSearchParams({ limit, ...(cursor && { cursor }) });
    try {
      const { items, next_cursor: next } = await visit.ask('GET', `${path}?${query}`);
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
