/** Sends forms, and shows what was wrong with them beside the field that it is about. */
export const formScript = `import { draw } from '/shop/draw.js';

/** Does the work when the form is sent, once at a time. A refusal is shown in the form. */
export function onSent(form, work) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.ariaBusy === 'true') return;
    clearRefusal(form);
    form.ariaBusy = 'true';
    try {
      await work(Object.fromEntries(new FormData(form)));
    } catch (refusal) {
      showRefusal(form, refusal);
    } finally {
      form.ariaBusy = 'false';
    }
  });
}

/** Empties the form, and takes away what was wrong with it. */
export function clearForm(form) {
  form.reset();
  clearRefusal(form);
}

function clearRefusal(form) {
  for (const shown of form.querySelectorAll('.wrong')) shown.remove();
  for (const input of form.querySelectorAll('[aria-invalid]')) {
    input.removeAttribute('aria-invalid');
    input.removeAttribute('aria-describedby');
  }
}

function showRefusal(form, { message, errors = [] }) {
  form.append(draw('p', { className: 'wrong', role: 'alert' }, message));
  for (const { pointer, detail } of errors) {
    const name = pointer.split('/').at(-1);
    const input = form.elements.namedItem(name);
    const shown = draw('p', { className: 'wrong', id: crypto.randomUUID() }, input ? detail : name + ': ' + detail);
    if (input === null) {
      form.append(shown);
      continue;
    }
    input.ariaInvalid = 'true';
    input.setAttribute('aria-describedby', shown.id);
    (input.closest('label') ?? input).after(shown);
  }
  form.querySelector('[aria-invalid]')?.focus();
}
`;
