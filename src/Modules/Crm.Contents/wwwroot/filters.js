// The filter bar: a field's inputs are fetched when it is chosen, and "or" opens the form with what it is an alternative to.
const $ = (selector, scope = document) => scope.querySelector(selector);
const form = $('[data-filter-add]');

async function showEditor() {
  const field = $('[data-filter-field]', form).value;
  const place = $('[data-filter-editor]', form);
  if (!field) return;
  const url = new URL(form.dataset.editorUrl, location.href);
  url.searchParams.set('field', field);
  place.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch(url, { credentials: 'same-origin' });
    if (!response.ok || $('[data-filter-field]', form).value !== field) return;
    const part = new DOMParser().parseFromString(await response.text(), 'text/html');
    // The select names the field already.
    $('input[name=field]', part)?.remove();
    place.replaceChildren(...[...part.body.childNodes].map(node => document.adoptNode(node)));
    place.dispatchEvent(new CustomEvent('crm:added', { bubbles: true }));
    $('input:not([disabled], [type=hidden]), select:not([name=op], [disabled])', place)?.focus();
  } finally {
    place.removeAttribute('aria-busy');
  }
}

if (form) {
  form.addEventListener('change', event => { if (event.target.matches('[data-filter-field]')) showEditor(); });
  form.addEventListener('submit', event => { if (!$('[data-filter-field]', form).value) { event.preventDefault(); $('[data-filter-field]', form).focus(); } });
  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-filter-or]');
    if (!button) return;
    button.closest('[popover]').hidePopover();
    $('[data-filter-into]', form).value = button.dataset.filterOr;
    form.closest('[popover]').showPopover();
  });
}
