// Lists: what is chosen, how it is counted, what the keys do, and what is looked for. Without script all of it works by forms
// and links. The rows may be replaced at any time: what waits for clicks waits on the document.
const $ = (selector, scope = document) => scope.querySelector(selector);
const $$ = (selector, scope = document) => [...scope.querySelectorAll(selector)];

/* ---------- selection ---------- */

const list = () => $('[data-list]');
const boxes = () => $$('[data-select]', list());

function showSelection() {
  const bar = $('[data-selection-bar]');
  if (!bar) return;
  const matching = $('[data-select-matching]', bar);
  const chosen = boxes().filter(box => box.checked).length;
  if (matching && chosen < boxes().length) matching.checked = false;
  const count = $('[data-selection-count]', bar);
  count.textContent = chosen === 0 ? '' : count.dataset.text.replace('{0}', matching?.checked ? count.dataset.all : chosen.toLocaleString(document.documentElement.lang));
}

let last = null;
document.addEventListener('click', event => {
  const box = event.target.closest?.('[data-list] [data-select]');
  if (box) {
    // With shift, all from the last one to this one.
    if (event.shiftKey && last?.isConnected) {
      const all = boxes();
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      for (const other of all.slice(from, to + 1)) other.checked = box.checked;
    }
    last = box;
  } else if (event.target.closest?.('[data-selection-clear]')) {
    for (const other of $$('[data-select], [data-select-all], [data-select-matching]', list())) { other.checked = false; other.indeterminate = false; }
    showSelection();
  }
});

// After the theme's script has ticked the rows of "all".
document.addEventListener('change', event => {
  if (!list()?.contains(event.target)) return;
  if (event.target.matches('[data-select-matching]') && event.target.checked)
    for (const box of boxes()) box.checked = true;
  const all = $('[data-select-all]', list());
  if (all && !event.target.matches('[data-select-all]')) {
    const chosen = boxes().filter(box => box.checked).length;
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && chosen < boxes().length;
  }
  showSelection();
});

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
  await fetch(`${list().dataset.path}/taste`, { method: 'POST', body: data, headers: { Accept: 'application/json' }, credentials: 'same-origin' });
}

document.addEventListener('submit', event => {
  if (!event.target.matches('[data-density-form]') || !list()) return;
  event.preventDefault();
  const density = event.submitter.value;
  list().dataset.density = density;
  for (const button of $$('button', event.target)) button.setAttribute('aria-pressed', String(button.value === density));
  keepTaste({ density });
});

/* ---------- the column menu: dragged, or moved by its buttons ---------- */

document.addEventListener('click', event => {
  const button = event.target.closest?.('[data-columns] [data-move]');
  if (!button) return;
  event.preventDefault();
  const item = button.closest('[data-column-item]');
  if (button.dataset.move === '-1') item.previousElementSibling?.before(item); else item.nextElementSibling?.after(item);
  button.focus();
  item.scrollIntoView({ block: 'nearest' });
});

// What drags them is fetched when the menu is opened.
document.addEventListener('toggle', async event => {
  const order = event.newState === 'open' && $('[data-column-list]', event.target);
  if (!order) return;
  if (!globalThis.Sortable) await import('../Crm.Theme.Base/lib/sortable.min.js');
  if (!globalThis.Sortable.get(order)) globalThis.Sortable.create(order, { handle: '.column-grip', animation: 120 });
}, true);

/* ---------- widths of columns, in steps of 16 pixels ---------- */

const step = 16, narrowest = 4, widest = 40;

function startWidths() {
  for (const head of $$('th[data-col]', list())) {
    const col = $(`col[data-col="${CSS.escape(head.dataset.col)}"]`, list());
    const grip = document.createElement('span');
    grip.className = 'col-grip';
    grip.tabIndex = 0;
    grip.role = 'separator';
    grip.ariaOrientation = 'vertical';
    grip.ariaLabel = list().dataset.textWidth.replace('{0}', head.dataset.colLabel);
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

/* ---------- back to where one was ---------- */

const scroller = () => $('[data-table-scroll]');
const place = () => `list:${location.pathname}${location.search}`;

addEventListener('pagehide', () => {
  if (!scroller()) return;
  const row = document.activeElement?.closest?.('[data-row]') ?? $('[data-row][data-cursor]');
  sessionStorage.setItem(place(), JSON.stringify({ top: scroller().scrollTop, left: scroller().scrollLeft, row: row?.dataset.row }));
});

function comeBack() {
  const [navigation] = performance.getEntriesByType('navigation');
  const kept = navigation?.type === 'back_forward' && scroller() && sessionStorage.getItem(place());
  if (!kept) return;
  const { top, left, row } = JSON.parse(kept);
  scroller().scrollTo(left, top);
  const element = row && $(`[data-row="${CSS.escape(row)}"]`);
  if (!element) return;
  element.setAttribute('data-cursor', '');
  $('[data-row-link]', element)?.focus({ preventScroll: true });
}

/* ---------- what the window is too narrow for is hinted at ---------- */

const resized = new ResizeObserver(entries => entries.forEach(entry => hint(entry.target.closest('[data-table-scroll]'))));

function hint(area) {
  // The last column holds but what can be done with a row, and that stays in reach.
  const end = $('th.cell-actions', area)?.offsetWidth ?? 0;
  area.toggleAttribute('data-more', area.scrollWidth - area.clientWidth - area.scrollLeft > end + 1);
}

function startHint() {
  if (!scroller()) return;
  scroller().addEventListener('scroll', event => hint(event.target), { passive: true });
  resized.observe(scroller());
  resized.observe($('table', scroller()));
}

/* ---------- the quick filter looks while one types ---------- */

const search = $('[data-list-search]');

// Everything on the page but the form that one types in is as the server gives it now.
function replaceAround(kept, fresh) {
  for (; !kept.matches('main'); kept = kept.parentElement, fresh = fresh.parentElement) {
    const around = [...fresh.parentElement.childNodes], at = around.indexOf(fresh);
    while (kept.previousSibling) kept.previousSibling.remove();
    while (kept.nextSibling) kept.nextSibling.remove();
    kept.before(...around.slice(0, at));
    kept.after(...around.slice(at + 1));
  }
}

function startSearch() {
  const input = search.elements.q;
  let shown = input.value.trim(), timer, request;
  const look = async () => {
    clearTimeout(timer);
    if (input.value.trim() === shown) return;
    request?.abort();
    request = new AbortController();
    const url = `${location.pathname}?${new URLSearchParams(new FormData(search))}`;
    search.setAttribute('aria-busy', 'true');
    try {
      const response = await fetch(url, { credentials: 'same-origin', signal: request.signal });
      const page = new DOMParser().parseFromString(await response.text(), 'text/html'), fresh = $('[data-list-search]', page);
      // Not a list: signed out, or refused. The browser shows what it is.
      if (!fresh) { location.assign(url); return; }
      shown = fresh.elements.q.value;
      // One entry in the history for the search, however many letters it has.
      history.replaceState(null, '', url);
      replaceAround(search, fresh);
      const main = search.closest('main');
      main.dispatchEvent(new CustomEvent('crm:added', { bubbles: true }));
      globalThis.htmx?.process(main);
      start();
    } catch (error) {
      if (error.name === 'AbortError') return;
      document.dispatchEvent(new CustomEvent('htmx:error'));
    }
    search.removeAttribute('aria-busy');
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(look, 300); };
  // While an input method is composing, what stands there is not what is meant yet.
  input.addEventListener('input', event => { if (!event.isComposing) later(); });
  input.addEventListener('compositionend', later);
  // Who presses Enter has typed enough, and goes on in the list.
  search.addEventListener('submit', async event => {
    event.preventDefault();
    await look();
    ($('[data-row-link]') ?? input).focus();
  });
}

function start() {
  if (list() && matchMedia('(min-width: 821px)').matches) startWidths();
  startHint();
  showSelection();
}

start();
comeBack();
if (search) startSearch();
