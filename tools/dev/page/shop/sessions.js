import { draw, drawButton, time } from './draw.js';
import { showList } from './list.js';

/** Shows the sessions of the user, with a button to end each of the others. */
export function showSessions(place, { visit, onEnded, onRefused }) {
  const drawItem = (session) => drawSession(session, { visit, onEnded, onRefused });
  return showList(place, { visit, path: '/sessions', drawItem, none: '' });
}

function drawSession({ id, userAgent, addressPrefix, lastUsedAt, current }, { visit, onEnded, onRefused }) {
  const device = userAgent ?? 'An unknown browser';
  const from = addressPrefix === null ? '' : ` from ${addressPrefix}`;
  const what = draw(
    'div',
    { className: 'what' },
    draw('p', { className: 'name' }, current ? 'This browser' : 'Another browser'),
    draw('p', { className: 'detail' }, `last used ${time(lastUsedAt)}${from}`),
    draw('p', { className: 'detail' }, device),
  );
  if (current) return draw('li', {}, what);
  const end = drawButton('End', async () => {
    end.disabled = true;
    try {
      await visit.ask('DELETE', `/sessions/${id}`);
      await onEnded();
    } catch (refusal) {
      end.disabled = false;
      onRefused(refusal);
    }
  });
  end.ariaLabel = `End: ${device}`;
  return draw('li', {}, what, end);
}
