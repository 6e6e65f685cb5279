// Record pages and forms: drafts, hints while typing, conflicts, printing. Hooks are data-* attributes.
const $ = (selector, scope = document) => scope.querySelector(selector);
const $$ = (selector, scope = document) => [...scope.querySelectorAll(selector)];

/* ---------- drafts: what is typed is kept in this browser until it is saved ---------- */

const prefix = 'draft:', days = 7;
const isKept = field => field.name && !field.name.startsWith('__') && !['password', 'file', 'submit', 'button', 'hidden'].includes(field.type);

function stored(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(prefix + key));
    if (draft && Date.now() - draft.at < days * 86400000) return draft;
    localStorage.removeItem(prefix + key);
  } catch { localStorage.removeItem(prefix + key); }
  return null;
}

export const dropDraft = key => localStorage.removeItem(prefix + key);

function read(form) {
  return $$('input, select, textarea', form).filter(isKept).map(field => field.matches('[type=checkbox], [type=radio]')
    ? [field.name, field.value, field.checked]
    : [field.name, field.value, field.selectedOptions?.[0]?.text ?? '', field.multiple ? [...field.selectedOptions].map(o => o.value) : undefined]);
}

function write(form, fields) {
  for (const [name, value, extra, several] of fields) {
    const named = $$(`[name="${CSS.escape(name)}"]`, form).filter(isKept);
    const field = named.find(f => f.matches('[type=checkbox], [type=radio]') ? f.value === value : true);
    if (!field) continue;
    if (typeof extra === 'boolean') field.checked = extra;
    else if (field.tomselect) {
      const picker = field.tomselect;
      for (const one of several ?? (value ? [value] : [])) if (!picker.options[one]) picker.addOption({ value: one, text: several ? one : extra });
      picker.setValue(several ?? value);
    } else if (several) for (const option of field.options) option.selected = several.includes(option.value);
    else field.value = value;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }
}

function startDraft(form) {
  // A form of the same kind in a panel over another, such as a new company for a new company, has a draft of its own.
  while ($$('form[data-draft]').some(other => other !== form && other.dataset.draft === form.dataset.draft))
    form.dataset.draft = form.elements.__draft.value = `${form.dataset.draft}/panel`;
  const key = form.dataset.draft, offer = $('[data-draft-offer]', form), version = form.elements.version;
  const first = JSON.stringify(read(form));
  // A draft that waits to be restored or discarded.
  let waiting = form.dataset.dirty === 'true' ? null : stored(key);
  if (waiting && JSON.stringify(waiting.fields) === first) waiting = null;
  let timer, hasTyped = false;
  const put = draft => { try { localStorage.setItem(prefix + key, JSON.stringify(draft)); } catch { /* full: there is just no draft */ } };
  // What is typed is not wanted; the draft that it has taken the place of goes on waiting.
  const forget = () => { if (!waiting) dropDraft(key); else if (hasTyped) put(waiting); };
  const keep = () => {
    clearTimeout(timer);
    if (!form.isConnected) return;
    const fields = read(form);
    if (JSON.stringify(fields) === first && form.dataset.dirty !== 'true') { forget(); return; }
    hasTyped = true;
    put({ at: Date.now(), version: version?.value, fields });
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(keep, 400); };
  if (waiting) {
    const draft = waiting;
    $('[data-draft-time]', offer).textContent = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short', timeZone: document.documentElement.dataset.timeZone });
    $('[data-draft-restore]', offer).addEventListener('click', () => {
      // With the version that it was made from, so that what others have saved since shows as a conflict.
      if (version && draft.version) version.value = draft.version;
      waiting = null;
      offer.hidden = true;
      write(form, draft.fields);
      $('.more-fields', form)?.setAttribute('open', '');
      $('input:not([type=hidden]), textarea, select', form)?.focus();
    });
    $('[data-draft-discard]', offer).addEventListener('click', () => { waiting = null; offer.hidden = true; keep(); });
    offer.hidden = false;
  }
  // Who cancels, and leaves, wants none of it. Who stays after all when the browser asks goes on: with the next key or click
  // at the latest, which here comes before the click on Cancel itself.
  let isCancelled = false;
  const gone = new AbortController(), { signal } = gone;
  const stays = () => { isCancelled = false; if (!form.isConnected) gone.abort(); };
  for (const event of ['keydown', 'pointerdown', 'input']) addEventListener(event, stays, { capture: true, signal });
  $('[data-cancel]', form)?.addEventListener('click', event => {
    isCancelled = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    // A panel closes, and the page stays.
    setTimeout(() => { if (!form.isConnected) { clearTimeout(timer); forget(); gone.abort(); } }, 500);
  });
  form.addEventListener('input', later);
  form.addEventListener('change', later);
  addEventListener('pagehide', () => { if (isCancelled && form.isConnected) forget(); else keep(); }, { signal });
}

/* ---------- hints while typing, such as records that are there already ---------- */

// [data-typing-hint]: what the address answers to the fields' texts is shown in its [data-hint]; beside that stands what it asks.
function startHint(part) {
  const form = part.closest('form'), names = part.dataset.fields.split(','), hint = $('[data-hint]', part);
  // Where the eyes are while one types: under the first of the fields.
  (form.elements[names[0]]?.closest('.field') ?? $('.form-section', form))?.append(part);
  let timer, request;
  const load = async () => {
    request?.abort();
    request = new AbortController();
    const url = new URL(part.dataset.typingHint, location.href);
    for (const name of names) if (form.elements[name]?.value) url.searchParams.set(name, form.elements[name].value);
    try {
      const response = await fetch(url, { credentials: 'same-origin', signal: request.signal, headers: { 'X-Requested-With': 'hint' } });
      if (response.ok) hint.innerHTML = await response.text();
    } catch (error) { if (error.name !== 'AbortError') hint.replaceChildren(); }
  };
  form.addEventListener('input', event => {
    if (event.isComposing || !names.includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(load, 350);
  });
}

/* ---------- clicks ---------- */

document.addEventListener('click', event => {
  const hit = selector => event.target.closest?.(selector);
  let button;
  if ((button = hit('[data-keep-all]')))
    for (const radio of $$(`.conflict-field input[type=radio][value=${button.dataset.keepAll}]`)) { radio.checked = true; radio.dispatchEvent(new Event('change', { bubbles: true })); }
  else if ((button = hit('[data-print]'))) { button.closest('[popover]')?.hidePopover(); print(); }
});

function start(scope) {
  for (const saved of $$('[data-draft-saved]', scope)) dropDraft(saved.dataset.draftSaved);
  $$('form[data-draft]', scope).forEach(startDraft);
  $$('[data-typing-hint]', scope).forEach(startHint);
  for (const all of $$('[data-conflict-all]', scope)) all.hidden = false;
}

// Pickers are made of their selects first, so that a draft compares what both have.
document.addEventListener('crm:start', event => start(event.detail));
if (document.documentElement.dataset.started) start(document);
