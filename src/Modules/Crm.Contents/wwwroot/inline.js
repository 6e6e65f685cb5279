// Edits one field where it stands: [data-inline="/type/id/inline/field"] on a list's cell or a record's fact.
// The server sends the editor and, when it is saved, the value as it is now; nothing here knows a kind of field.
const $ = (selector, scope = document) => scope.querySelector(selector);
const $$ = (selector, scope = document) => [...scope.querySelectorAll(selector)];
const narrow = matchMedia('(max-width: 820px)');
const inList = place => place instanceof HTMLTableCellElement;
const placeOf = element => {
  const place = element instanceof Element ? element.closest('[data-inline^="/"]') : null;
  return place && !(inList(place) && narrow.matches) ? place : null;
};

let open = null; // { place, box, before }

async function ask(url, options) {
  const response = await fetch(url, { credentials: 'same-origin', headers: { 'X-Requested-With': 'inline' }, ...options });
  const part = document.createElement('template');
  if ([200, 409, 422].includes(response.status)) part.innerHTML = await response.text();
  return { status: response.status, part: part.content };
}

const failed = () => document.dispatchEvent(new CustomEvent('htmx:error'));

/* ---------- opening and closing ---------- */

async function edit(place) {
  if (open) await leave();
  if (open || place.hasAttribute('aria-busy')) return;
  place.setAttribute('aria-busy', 'true');
  try {
    const { status, part } = await ask(`${place.dataset.inline}?list=${inList(place)}`);
    if (status !== 200) { failed(); return; }
    const box = document.createElement('div');
    box.className = 'inline-editor';
    box.popover = 'manual';
    box.setAttribute('role', 'dialog');
    box.setAttribute('aria-label', place.dataset.inlineLabel ?? '');
    document.body.append(box);
    place.setAttribute('data-inline-open', '');
    open = { place, box };
    show(part);
  } catch { failed(); } finally { place.removeAttribute('aria-busy'); }
}

function show(part) {
  const { box } = open;
  box.replaceChildren(part);
  if (!box.matches(':popover-open')) box.showPopover();
  settle();
  open.before = stateOf();
  // The theme's script makes pickers of what has come in.
  document.dispatchEvent(new CustomEvent('htmx:after:swap'));
  focusInput();
}

function settle() {
  if (!open) return;
  const at = open.place.getBoundingClientRect(), edge = 8, { box } = open;
  // The input comes over the value, and its label above that.
  const above = ($('.field > label', box)?.getBoundingClientRect().bottom ?? box.getBoundingClientRect().top) - box.getBoundingClientRect().top + 4;
  box.style.minWidth = `${Math.min(Math.max(240, at.width), 420)}px`;
  box.style.left = `${Math.max(edge, Math.min(at.left - edge, innerWidth - box.offsetWidth - edge))}px`;
  box.style.top = `${Math.max(edge, Math.min(at.top - above, innerHeight - box.offsetHeight - edge))}px`;
}
addEventListener('scroll', settle, { passive: true, capture: true });
addEventListener('resize', settle);

const stateOf = () => JSON.stringify([...new FormData($('form', open.box))].filter(([name]) => name !== '__RequestVerificationToken').map(([name, value]) => [name, String(value)]));

const inputs = () => $$('input:not([type=hidden]), select, textarea', open.box).filter(input => !input.closest('.ts-wrapper'));

// A picker takes the focus for its select, once it is there.
function focusInput(attempt = 0) {
  const input = open && inputs()[0];
  if (!input) return;
  if (input.matches('[data-lookup-url], select[data-many], select[data-open=true]') && !input.tomselect && attempt < 60) { requestAnimationFrame(() => focusInput(attempt + 1)); return; }
  if (input.tomselect) { open.before = stateOf(); input.tomselect.focus(); }
  else { input.focus(); if (input.matches('input[type=text], input[type=email], input[type=tel], input[type=url]')) input.select(); }
  settle();
}

function close(focus = true) {
  const { place, box } = open;
  open = null;
  box.remove();
  place.removeAttribute('data-inline-open');
  if (focus) focusPlace(place);
}

function focusPlace(place) {
  const pencil = inList(place) ? null : $('.inline-pencil', place);
  if (pencil) { pencil.focus({ preventScroll: true }); return; }
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

// Leaves the editor: what was changed is saved, the rest is closed.
async function leave() {
  if (stateOf() === open.before) close(false); else await save(false);
}

/* ---------- saving ---------- */

async function save(focus = true, next = null) {
  const { place, box } = open, form = $('form', box);
  if (form.dataset.sending) return;
  form.dataset.sending = 'yes';
  try {
    const { status, part } = await ask(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (status === 200) {
      close(focus && !next);
      put(place, part);
      if (!inList(place)) renewTimeline();
      if (next) await edit(next);
    } else if (status === 409 || status === 422) show(part);
    else { failed(); delete form.dataset.sending; }
  } catch { failed(); delete form.dataset.sending; }
}

function put(place, part) {
  const value = $('[data-inline-value]', part), snack = $('.snack', part);
  fill(place, value.childNodes);
  if (!snack) return;
  for (const old of $$('[data-snacks] [data-inline-snack]')) old.remove();
  snack.setAttribute('data-inline-snack', '');
  const undo = $('[data-inline-undo]', snack);
  if (undo) undo.onsubmit = event => { event.preventDefault(); takeBack(place, undo, snack); };
  $('[data-snacks]')?.append(snack);
  setTimeout(() => { if (!snack.matches(':hover, :focus-within')) snack.remove(); }, 10000);
}

function fill(place, nodes) {
  const pencil = $('.inline-pencil', place);
  place.replaceChildren(...nodes);
  if (pencil) place.append(pencil);
}

async function takeBack(place, form, snack) {
  try {
    const { status, part } = await ask(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (status !== 200 && status !== 409) { failed(); return; }
    snack.remove();
    put(place, part);
    if (!inList(place)) renewTimeline();
    focusPlace(place);
  } catch { failed(); }
}

// The page's timeline tells of the change, with the way back. Who is in it already is not disturbed.
let renewing;
async function renewTimeline() {
  const timeline = $('#timeline');
  if (!timeline) return;
  renewing?.abort();
  renewing = new AbortController();
  const { signal } = renewing;
  const isFresh = await import('../Crm.Theme.Base/js/panel.js').then(panel => panel.renew(timeline, location.href, { signal, unless: () => timeline.matches(':focus-within') })).catch(error => error.name === 'AbortError');
  if (!isFresh) $('[data-snacks]').append($('template[data-timeline-stale]').content.cloneNode(true));
}

/* ---------- mouse and keys ---------- */

// A click on a row opens it; on a cell that can be edited it waits whether it becomes a double click.
let opening = 0;
document.addEventListener('click', event => {
  const place = placeOf(event.target);
  if (event.target.closest?.('[data-inline-cancel]')) { close(); return; }
  if (event.target.closest?.('[data-inline-leave]')) { undoConflict(); return; }
  if (!place || !inList(place) || event.detail === 0 || event.ctrlKey || event.metaKey || event.target.closest('a, button, input, label, select, textarea')) return;
  event.stopPropagation();
  clearTimeout(opening);
  if (event.detail > 1 || open) return;
  const link = $('[data-row-link]', place.closest('tr'));
  opening = setTimeout(() => { if (!open && getSelection().isCollapsed) link?.click(); }, 260);
}, true);

document.addEventListener('dblclick', event => {
  const place = placeOf(event.target);
  if (!place || event.target.closest('a, button, input, select, textarea')) return;
  clearTimeout(opening);
  event.preventDefault();
  getSelection().removeAllRanges();
  edit(place);
});

document.addEventListener('pointerdown', event => {
  if (open && !open.box.contains(event.target) && !open.place.contains(event.target) && !event.target.closest?.('.ts-dropdown')) leave();
});

// What the other made of it is shown: the cell is read anew.
async function undoConflict() {
  const { place } = open, now = $('.inline-conflict > div', open.box);
  close();
  fill(place, now.childNodes);
}

const placesOf = row => $$('[data-inline^="/"]', row).filter(place => place.offsetParent !== null);
const scopeOf = place => place.closest('tr') ?? place.closest('dl')?.closest('[data-pane], main') ?? document;

document.addEventListener('submit', event => {
  if (!event.target.matches?.('[data-inline-form]')) return;
  event.preventDefault();
  event.stopPropagation();
  save();
}, true);

document.addEventListener('keydown', event => {
  if (event.isComposing) return;
  if (open && open.box.contains(event.target)) { inEditor(event); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.('input, select, textarea') || $('dialog[open]')) return;
  // The keys of whatever else has the focus, such as the grip of a column's width, are its own.
  const place = placeOf(event.target), row = event.target.closest?.('tr[data-row]') ?? (event.target.matches?.('body, main') ? $('tr[data-row][data-cursor]') : null);
  const take = () => { event.preventDefault(); event.stopPropagation(); };
  if (place && event.target === place && (event.key === 'Enter' || event.key === 'F2')) { take(); edit(place); }
  else if (row && !narrow.matches) {
    const places = placesOf(row), at = places.indexOf(place);
    if ((event.key === 'e' || event.key === 'F2') && places.length > 0) { take(); edit(at < 0 ? places[0] : place); }
    else if (event.key === 'ArrowRight' && at < places.length - 1) { take(); focusPlace(places[at + 1]); }
    else if (event.key === 'ArrowLeft' && at >= 0) { take(); if (at > 0) focusPlace(places[at - 1]); else $('[data-row-link]', row)?.focus(); }
    else if (event.key === 'Escape' && at >= 0) { take(); $('[data-row-link]', row)?.focus(); }
  }
}, true);

function inEditor(event) {
  const picker = event.target.closest('.ts-wrapper');
  const dropped = picker?.classList.contains('dropdown-active');
  if (event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (event.key === 'Enter' && !event.target.matches('button, a') && !dropped && !(picker && event.target.value) && (!event.target.matches('textarea') || event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.stopPropagation();
    save();
  } else if (event.key === 'Tab' && !event.target.matches('button, a')) {
    const places = placesOf(scopeOf(open.place)), all = inputs();
    const at = all.findIndex(input => input === event.target || input.nextElementSibling?.contains(event.target));
    if (event.shiftKey ? at > 0 : at < all.length - 1) return;
    event.preventDefault();
    event.stopPropagation();
    const next = places[places.indexOf(open.place) + (event.shiftKey ? -1 : 1)] ?? null;
    const { place } = open;
    if (stateOf() === open.before) { close(!next); if (next) edit(next); else focusPlace(place); }
    else save(true, next);
  }
}

/* ---------- a pencil: each fact has one, for fingers and for keys; in a list it comes to the cell that the mouse is on ---------- */

const template = $('template[data-inline-pencil]');

function giveButton(place, button) {
  button.setAttribute('aria-label', place.dataset.inlineLabel);
  button.title = place.dataset.inlineLabel;
  place.append(button);
}

if (template) {
  const make = () => template.content.firstElementChild.cloneNode(true);
  for (const fact of $$('dd[data-inline^="/"]')) giveButton(fact, make());
  // A cell's link is followed by the first click, so that it needs another way in than the double click. Keys have theirs.
  const pencil = make();
  pencil.tabIndex = -1;
  document.addEventListener('pointerover', event => {
    const place = event.pointerType === 'touch' ? null : placeOf(event.target);
    if (place && inList(place)) { if (pencil.parentElement !== place) giveButton(place, pencil); }
    else if (!event.target.closest?.('.inline-editor')) pencil.remove();
  });
  document.addEventListener('click', event => {
    const place = event.target.closest?.('.inline-pencil')?.parentElement;
    if (place) edit(place);
  });
}
