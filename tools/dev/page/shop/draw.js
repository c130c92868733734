/**
 * Creates an element with properties and content: elements, and text. Data becomes text, never markup: the policy of the
 * page refuses all other ways.
 */
export function draw(name, properties = {}, ...content) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...content);
  return element;
}

export function drawButton(text, onClick) {
  const button = draw('button', { type: 'button' }, text);
  button.addEventListener('click', onClick);
  return button;
}

/** Formats an amount in minor units of a currency: 1850 EUR are 18.50. */
export function money(amount, currency) {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

export function time(text) {
  return new Date(text).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
