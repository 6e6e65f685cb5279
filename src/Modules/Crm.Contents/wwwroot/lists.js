// Lists: what is chosen, how it is counted, and what the keys do. Without script all of it works by forms and links.
const list = document.querySelector('[data-list]');
const $ = (selector, scope = document) => scope.querySelector(selector);
const $$ = (selector, scope = document) => [...scope.querySelectorAll(selector)];

/* ---------- selection ---------- */

const bar = $('[data-selection-bar]');
const boxes = () => $$('[data-select]', list);

function showSelection() {
  const matching = $('[data-select-matching]', bar);
  const chosen = boxes().filter(box => box.checked).length;
  if (matching && chosen < boxes().length) matching.checked = false;
  const count = $('[data-selection-count]', bar);
  count.textContent = chosen === 0 ? '' : count.dataset.text.replace('{0}', matching?.checked ? count.dataset.all : chosen.toLocaleString(document.documentElement.lang));
}

function startSelection() {
  let last = null;
  list.addEventListener('click', event => {
    const box = event.target.closest('[data-select]');
    if (!box) return;
    // With shift, all from the last one to this one.
    if (event.shiftKey && last) {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const other of all.slice(from, to + 1)) other.checked = box.checked;
    }
    last = box;
  });
  // On the document, after the theme's script has ticked the rows of "all".
  document.addEventListener('change', event => {
    if (!list.contains(event.target)) return;
    if (event.target.matches('[data-select-matching]') && event.target.checked)
      for (const box of boxes()) box.checked = true;
    const all = $('[data-select-all]', list);
    if (all && !event.target.matches('[data-select-all]')) {
      const chosen = boxes().filter(box => box.checked).length;
      all.checked = chosen > 0 && chosen === boxes().length;
      all.indeterminate = chosen > 0 && chosen < boxes().length;
    }
    showSelection();
  });
  $('[data-selection-clear]', bar).addEventListener('click', () => {
    for (const box of $$('[data-select], [data-select-all], [data-select-matching]', list)) { box.checked = false; box.indeterminate = false; }
    showSelection();
  });
  showSelection();
}

if (list && bar) startSelection();

/* ---------- sort by a further column, groups, density ---------- */

document.addEventListener('click', event => {
  const head = event.target.closest?.('a[data-sort-add]');
  if (head && event.shiftKey) { event.preventDefault(); location.assign(head.dataset.sortAdd); return; }
  const toggle = event.target.closest?.('[data-group-toggle]');
  if (!toggle) return;
  const group = toggle.closest('[data-group]');
  const closed = !group.hasAttribute('data-closed');
  group.toggleAttribute('data-closed', closed);
  toggle.setAttribute('aria-expanded', String(!closed));
});

async function keepTaste(values) {
  const data = new FormData($('[data-density-form]'));
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  await fetch(`${list.dataset.path}/taste`, { method: 'POST', body: data, headers: { Accept: 'application/json' }, credentials: 'same-origin' });
}

$('[data-density-form]')?.addEventListener('submit', event => {
  if (!list) return;
  event.preventDefault();
  const density = event.submitter.value;
  list.dataset.density = density;
  for (const button of $$('button', event.target)) button.setAttribute('aria-pressed', String(button.value === density));
  keepTaste({ density });
});

/* ---------- the column menu: dragged, or moved by its buttons ---------- */

const columns = $('[data-columns]');
if (columns) {
  const order = $('[data-column-list]', columns);
  columns.addEventListener('click', event => {
    const button = event.target.closest('[data-move]');
    if (!button) return;
    event.preventDefault();
    const item = button.closest('[data-column-item]');
    if (button.dataset.move === '-1') item.previousElementSibling?.before(item); else item.nextElementSibling?.after(item);
    button.focus();
    item.scrollIntoView({ block: 'nearest' });
  });
  addEventListener('load', () => globalThis.Sortable?.create(order, { handle: '.column-grip', animation: 120 }));
  $('[data-column-search]', columns).addEventListener('input', event => {
    const text = event.target.value.trim().toLocaleLowerCase();
    for (const offer of $$('[data-column-offer]', columns)) offer.hidden = text !== '' && !offer.textContent.toLocaleLowerCase().includes(text);
    for (const group of $$('details', columns)) {
      group.hidden = $$('[data-column-offer]', group).every(offer => offer.hidden);
      if (text) group.open = true;
    }
  });
  $('[data-column-search]', columns).addEventListener('keydown', event => { if (event.key === 'Enter') event.preventDefault(); });
}

/* ---------- widths of columns, in steps of 16 pixels ---------- */

const step = 16, narrowest = 4, widest = 40;

function startWidths() {
  for (const head of $$('th[data-col]', list)) {
    const col = $(`col[data-col="${CSS.escape(head.dataset.col)}"]`, list);
    const grip = document.createElement('span');
    grip.className = 'col-grip';
    grip.tabIndex = 0;
    grip.role = 'separator';
    grip.ariaOrientation = 'vertical';
    grip.ariaLabel = list.dataset.textWidth.replace('{0}', head.dataset.colLabel);
    grip.ariaValueMin = narrowest;
    grip.ariaValueMax = widest;
    grip.ariaValueNow = col.dataset.steps;
    head.append(grip);
    const set = steps => {
      steps = Math.max(narrowest, Math.min(widest, steps));
      col.className = `w${steps}`;
      col.dataset.steps = grip.ariaValueNow = String(steps);
    };
    const keep = () => keepTaste({ column: head.dataset.col, width: col.dataset.steps });
    grip.addEventListener('pointerdown', event => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      grip.toggleAttribute('data-active', true);
      const [from, width] = [event.clientX, head.offsetWidth];
      const move = moved => set(Math.round((width + moved.clientX - from) / step));
      grip.addEventListener('pointermove', move);
      grip.addEventListener('pointerup', () => { grip.removeEventListener('pointermove', move); grip.removeAttribute('data-active'); keep(); }, { once: true });
    });
    let later;
    grip.addEventListener('keydown', event => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      set(Number(col.dataset.steps) + by);
      clearTimeout(later);
      later = setTimeout(keep, 400);
    });
  }
}
if (list && matchMedia('(min-width: 821px)').matches) startWidths();

/* ---------- back to where one was ---------- */

const scroller = $('[data-table-scroll]');
const place = () => `list:${location.pathname}${location.search}`;

if (scroller) {
  addEventListener('pagehide', () => {
    const row = document.activeElement?.closest?.('[data-row]') ?? $('[data-row][data-cursor]');
    sessionStorage.setItem(place(), JSON.stringify({ top: scroller.scrollTop, left: scroller.scrollLeft, row: row?.dataset.row }));
  });
  const [navigation] = performance.getEntriesByType('navigation');
  const kept = navigation?.type === 'back_forward' && sessionStorage.getItem(place());
  if (kept) {
    const { top, left, row } = JSON.parse(kept);
    scroller.scrollTo(left, top);
    const element = row && $(`[data-row="${CSS.escape(row)}"]`);
    if (element) {
      element.setAttribute('data-cursor', '');
      $('[data-row-link]', element)?.focus({ preventScroll: true });
    }
  }
}
