// The filter bar: a field's inputs are fetched when it is chosen, what was typed is checked before the form is sent, and "or"
// opens the form with what it is an alternative to. The bar may be replaced at any time: what waits, waits on the document.
const $ = (selector, scope = document) => scope.querySelector(selector);
const SENT = ['field', 'op', 'value', 'at'];

/** The inputs of the form's condition as the server gives them, new ones for a field or those that were refused, take the place of those that are there. */
async function askEditor(form, values, isWanted) {
  const url = new URL(form.dataset.editorUrl, location.href);
  for (const [name, value] of values) url.searchParams.append(name, value);
  const place = $('[data-filter-editor]', form);
  place.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch(url, { credentials: 'same-origin' });
    const wanted = isWanted(response);
    if (wanted) await put(form, response);
    return wanted;
  } finally {
    place.removeAttribute('aria-busy');
  }
}

async function put(form, response) {
  const part = new DOMParser().parseFromString(await response.text(), 'text/html');
  // The select names the field already.
  if ($('[data-filter-field]', form)) $('input[name=field]', part)?.remove();
  const place = $('[data-filter-editor]', form);
  place.replaceChildren(...[...part.body.childNodes].map(node => document.adoptNode(node)));
  // Its pickers have to start before one of them can have the focus.
  document.addEventListener('crm:start', () => {
    const first = $('[aria-invalid]:not([disabled])', place) ?? $('input:not([disabled], [type=hidden]), select:not([name=op], [disabled])', place);
    (first?.tomselect ?? first)?.focus();
  }, { once: true });
  place.dispatchEvent(new CustomEvent('crm:added', { bubbles: true }));
}

document.addEventListener('change', async event => {
  const select = event.target;
  if (!select.matches?.('[data-filter-field]') || !select.value) return;
  const field = select.value;
  await askEditor(select.form, [['field', field]], response => response.ok && select.value === field);
});

document.addEventListener('submit', async event => {
  const form = event.target;
  if (!form.matches('[data-editor-url]')) return;
  event.preventDefault();
  const select = $('[data-filter-field]', form);
  if (select && !select.value) { (select.tomselect ?? select).focus(); return; }
  try {
    if (await askEditor(form, [...new FormData(form)].filter(([name]) => SENT.includes(name)), response => response.status === 422)) return;
  } catch { /* The browser says itself that there is no answer. */ }
  form.submit();
});

document.addEventListener('click', event => {
  const button = event.target.closest?.('[data-filter-or]');
  if (!button) return;
  const form = $('[data-filter-add]');
  button.closest('[popover]').hidePopover();
  $('[data-filter-into]', form).value = button.dataset.filterOr;
  form.closest('[popover]').showPopover();
});
