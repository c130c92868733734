import { draw } from './draw.js';

/** Calls `work` when a form is sent, once at a time. A refusal is shown in the form, a wrong field beside its input. */
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

/** Empties a form and removes its refusal. */
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
    const shown = draw('p', { className: 'wrong', id: crypto.randomUUID() }, input ? detail : `${name}: ${detail}`);
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
