// Starts the page and shows its parts. What the page knows about a user is only in memory, and only while it is shown.
import { ask } from './shop/ask.js';
import { drawButton } from './shop/draw.js';
import { clearForm, onSent } from './shop/form.js';
import { showOrders, wordsOfOrder } from './shop/orders.js';
import { showProducts } from './shop/products.js';
import { showSessions } from './shop/sessions.js';
import { createVisit } from './shop/visit.js';

const parts = Object.fromEntries([...document.querySelectorAll('[id]')].map((part) => [part.id, part]));
const { who, said, trouble, door, shop, products, orders, sessions } = parts;
const logOut = parts['log-out'];
const logIn = parts['log-in'];
/** Notifies the other tabs that the session has changed, without saying whose it is. */
const tabs = new BroadcastChannel('session');
let visit;

/** Removes everything about a user from the page. */
function forget() {
  visit?.end();
  for (const place of [who, said, trouble, products, orders, sessions]) place.replaceChildren();
  for (const form of [logIn, parts.register]) clearForm(form);
  for (const part of [door, shop, logOut]) part.hidden = true;
}

function say(words) {
  trouble.replaceChildren();
  said.textContent = words;
}

function complain({ message }, again) {
  said.replaceChildren();
  trouble.replaceChildren(message, ...(again ? [drawButton('Try again', again)] : []));
}

function showDoor(words = '') {
  forget();
  door.hidden = false;
  say(words);
  if (words !== '') logIn.elements.email.focus();
}

/** Shows the shop of the user whose cookie the browser has. After a form was sent, the focus moves to the products. */
async function enter({ hasSent = false } = {}) {
  forget();
  const begun = createVisit({ onEnded: () => showDoor(shop.hidden ? '' : 'Your session has ended. Log in again.') });
  visit = begun;
  try {
    await begun.ask('GET', '/session');
  } catch (refusal) {
    complain(refusal, () => enter());
    return;
  }
  for (const part of [shop, logOut]) part.hidden = false;
  if (hasSent) parts['products-title'].focus();
  const about = { visit: begun };
  const showAllOrders = () => showOrders(orders, about);
  const showAllSessions = () => showSessions(sessions, { ...about, onEnded, onRefused: complain });

  async function onOrdered(order) {
    await showAllOrders();
    say(`Ordered: ${wordsOfOrder(order)}.`);
  }

  async function onEnded() {
    await showAllSessions();
    say('That session has ended.');
    parts['sessions-title'].focus();
  }

  await Promise.all([
    begun.ask('GET', '/users/me').then(({ name }) => who.replaceChildren(name), complain),
    showProducts(products, { ...about, onOrdered }),
    showAllOrders(),
    showAllSessions(),
  ]);
}

async function begin({ email, password }) {
  await ask('POST', '/session', { body: { email, password } });
  tabs.postMessage('changed');
  void enter({ hasSent: true });
}

onSent(logIn, begin);
onSent(parts.register, async (account) => {
  await ask('POST', '/auth/register', { body: account });
  await begin(account);
});
// The status is about the previous action.
document.addEventListener('submit', () => say(''));
logOut.addEventListener('click', async () => {
  try {
    await ask('DELETE', '/session');
  } catch (refusal) {
    complain(refusal);
    return;
  }
  tabs.postMessage('changed');
  showDoor('You are logged out.');
});
tabs.addEventListener('message', () => enter());
// A browser may keep a page that is left and show it again, so it is left empty (the back/forward cache).
addEventListener('pagehide', forget);
addEventListener('pageshow', ({ persisted }) => persisted && enter());
void enter();
