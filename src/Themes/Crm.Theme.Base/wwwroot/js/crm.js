// Behaviour of every page. Hooks are data-* attributes; texts come from the page, never from here.
// The list of hooks is in the theme's README.
const root = document.documentElement;
const $ = (selector, scope = document) => scope.querySelector(selector);
const $$ = (selector, scope = document) => [...scope.querySelectorAll(selector)];

function setCookie(name, value) {
  const secure = location.protocol === 'https:' ? ';secure' : '';
  document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax${secure}`;
}

const isTyping = target => target instanceof HTMLElement
  && (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])'));

/* ---------- theme and side bar ---------- */

function setTheme(theme) {
  root.dataset.bsTheme = theme;
  setCookie('theme', theme);
  showTheme();
}

function showTheme() {
  for (const button of $$('[data-theme-set]')) button.setAttribute('aria-pressed', String(button.dataset.themeSet === root.dataset.bsTheme));
}

function toggleSidebar() {
  const collapsed = root.dataset.sidebar !== 'collapsed';
  if (collapsed) root.dataset.sidebar = 'collapsed'; else delete root.dataset.sidebar;
  setCookie('sidebar', collapsed ? 'collapsed' : 'open');
  for (const button of $$('[data-sidebar-toggle]')) button.setAttribute('aria-expanded', String(!collapsed));
}

function openSide(open) {
  const opener = $('[data-side-open-button]');
  root.toggleAttribute('data-side-open', open);
  opener?.setAttribute('aria-expanded', String(open));
  if (open) $('.side a, .side button')?.focus(); else opener?.focus();
}

/* ---------- menus: native popovers, placed beside their button ---------- */

function placeMenu(menu) {
  const button = $(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!button) return;
  const edge = 8, at = button.getBoundingClientRect(), { offsetWidth: width, offsetHeight: height } = menu;
  const preferred = menu.dataset.align === 'start' || at.right - width < edge ? at.left : at.right - width;
  const below = at.bottom + 4 + height <= innerHeight - edge || at.top < height;
  menu.style.left = `${Math.max(edge, Math.min(preferred, innerWidth - width - edge))}px`;
  menu.style.top = `${Math.max(edge, below ? Math.min(at.bottom + 4, innerHeight - height - edge) : at.top - height - 4)}px`;
}

document.addEventListener('toggle', event => {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches('.menu[popover]')) return;
  const open = event.newState === 'open';
  for (const button of $$(`[popovertarget="${CSS.escape(menu.id)}"]`)) button.setAttribute('aria-expanded', String(open));
  if (!open) return;
  placeMenu(menu);
  startPickers(menu).then(() => {
    if (!menu.matches(':popover-open') || menu.contains(document.activeElement)) return;
    placeMenu(menu);
    const first = $('[autofocus]', menu) ?? $('.menu-item, input:not([type=hidden]), select', menu);
    (first?.tomselect ?? first)?.focus();
  });
}, true);

addEventListener('resize', () => {
  const menu = $('.menu:popover-open');
  if (menu) placeMenu(menu);
});

function moveInMenu(event, menu) {
  // From what one typed, down into what is left.
  const items = $$(event.target.matches('[data-narrow]') ? 'a[data-offer]' : '.menu-item', menu).filter(item => item.offsetParent !== null);
  if (items.length === 0) return;
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
  items.at(next % items.length)?.focus();
  event.preventDefault();
}

// input[data-narrow]: of the [data-offer] in the same menu those stay that have the text in them; a <details> without any goes,
// and where none is left at all, [data-narrow-none="text"] says so.
document.addEventListener('input', event => {
  if (!event.target.matches?.('[data-narrow]')) return;
  const menu = event.target.closest('[popover]'), text = event.target.value.trim().toLocaleLowerCase(), offers = $$('[data-offer]', menu);
  for (const offer of offers) offer.hidden = text !== '' && !offer.textContent.toLocaleLowerCase().includes(text);
  for (const group of $$('details', menu)) {
    group.hidden = $$('[data-offer]', group).every(offer => offer.hidden);
    if (text) group.open = true;
  }
  const none = $('[data-narrow-none]', menu);
  if (none) none.textContent = offers.some(offer => !offer.hidden) ? '' : none.dataset.narrowNone;
});

// Enter takes the first link that is left; where there are boxes to tick instead, it must not send the form.
function chooseNarrowed(event) {
  event.preventDefault();
  if (event.target.value.trim()) $$('a[data-offer]', event.target.closest('[popover]')).find(offer => !offer.hidden)?.click();
}

/* ---------- dialogs ---------- */

// <a data-dialog href="..."> shows the part [data-dialog-part] of the page it leads to; without script the page itself opens.
async function openLinked(link) {
  const dialog = $('dialog[data-dialog-frame]');
  if (!dialog) { location.assign(link.href); return; }
  link.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch(link.href, { headers: { 'X-Requested-With': 'dialog' }, credentials: 'same-origin' });
    const part = $('[data-dialog-part]', new DOMParser().parseFromString(await response.text(), 'text/html'));
    if (!response.ok || !part) { location.assign(link.href); return; }
    dialog.replaceChildren(document.adoptNode(part));
    const title = $('h1, h2', dialog);
    if (title) { title.id ||= 'dialog-title'; dialog.setAttribute('aria-labelledby', title.id); }
    start(dialog);
    globalThis.htmx?.process(dialog);
    dialog.showModal();
    ($('[autofocus]', dialog) ?? $('[data-dialog-close]', dialog))?.focus();
  } catch {
    location.assign(link.href);
  } finally {
    link.removeAttribute('aria-busy');
  }
}

// <form data-confirm="#id">: the dialog of that id is asked first; its [data-confirm-yes] goes on.
function confirmed(form, submitter) {
  const dialog = $(form.dataset.confirm || submitter?.dataset.confirm);
  if (!dialog || form.dataset.confirmed) { delete form.dataset.confirmed; return true; }
  $('[data-confirm-yes]', dialog).onclick = () => {
    dialog.close();
    form.dataset.confirmed = 'yes';
    form.requestSubmit(submitter);
  };
  dialog.showModal();
  return false;
}

/* ---------- a form in a panel beside the page ---------- */

const inPanel = async (href, asks, link) => (await import('./panel.js')).openPanel(href, start, asks, link);

/* ---------- toasts ---------- */

function startSnack(snack) {
  const wait = Number(snack.dataset.timeout ?? 0);
  if (!wait) return;
  let timer = setTimeout(() => snack.remove(), wait);
  const hold = () => clearTimeout(timer);
  const go = () => { hold(); timer = setTimeout(() => snack.remove(), wait); };
  snack.addEventListener('pointerenter', hold);
  snack.addEventListener('focusin', hold);
  snack.addEventListener('pointerleave', go);
  snack.addEventListener('focusout', go);
}

// template[data-…-snack] of the page.
function showSnack(name) {
  const snack = $(`template[data-${name}-snack]`).content.firstElementChild.cloneNode(true);
  snackArea().append(snack);
  startSnack(snack);
}

// What lies behind a modal dialog is neither seen nor said.
function snackArea() {
  const area = $('[data-snacks]'), dialog = $$('dialog:modal').at(-1);
  if (!dialog) return area;
  const there = $(':scope > [data-snacks]', dialog);
  if (there) return there;
  const inside = area.cloneNode();
  dialog.append(inside);
  // A failure in the dialog is over when it closes; what else it still says, the page says.
  dialog.addEventListener('close', () => {
    if (!inside.parentNode) return;
    inside.remove();
    $('[data-error]', inside)?.remove();
    snackArea().append(...inside.children);
  }, { once: true });
  return inside;
}

function showError() {
  if (!$('[data-error]', snackArea())) showSnack('error');
}
document.addEventListener('htmx:error', showError);

// The browser knows when there is no network at all; the notice goes when it is back.
function showOffline() {
  const shown = $('[data-snacks] [data-offline]');
  if (navigator.onLine) shown?.remove();
  else if (!shown) showSnack('offline');
}
addEventListener('offline', showOffline);
addEventListener('online', showOffline);

/* ---------- forms ---------- */

const stateOf = form => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]));
const guarded = new Map();

// A form that came back with errors (data-dirty) holds changes that are not saved.
const startGuard = form => guarded.set(form, form.dataset.dirty === 'true' ? '' : stateOf(form));

addEventListener('beforeunload', event => {
  for (const [form, saved] of guarded) if (form.isConnected && stateOf(form) !== saved) event.preventDefault();
});

document.addEventListener('submit', event => {
  const form = event.target;
  if (!confirmed(form, event.submitter)) { event.preventDefault(); return; }
  if (form.dataset.busy) { event.preventDefault(); return; }
  guarded.delete(form);
  if (form.method !== 'post' || event.defaultPrevented || form.hasAttribute('data-no-busy')) return;
  form.dataset.busy = 'yes';
  event.submitter?.setAttribute('aria-busy', 'true');
  setTimeout(() => idle(form), 8000);
  if (!form.hasAttribute('data-in-place') && !form.closest('dialog[data-dialog-frame]')) return;
  event.preventDefault();
  const submitter = event.submitter;
  import('./panel.js').then(panel => panel.sendInPlace(form, submitter, start)).then(saved => { if (saved) location.reload(); }, showError).finally(() => idle(form));
});

function idle(form) {
  delete form.dataset.busy;
  for (const button of $$('[aria-busy]', form)) button.removeAttribute('aria-busy');
}
addEventListener('pageshow', event => { if (event.persisted) $$('form[data-busy]').forEach(idle); });
document.addEventListener('htmx:finally:request', event => { if (event.target instanceof HTMLFormElement) idle(event.target); });

// [data-show-when="name=value"] is shown while the field of that name in the same form has that value; with
// data-waits="true" not before this has started, either.
function startShowWhen(element) {
  const form = element.closest('form');
  const [name, ...values] = element.dataset.showWhen.split(/[=|]/);
  const update = () => {
    const show = values.includes(String(new FormData(form).get(name) ?? ''));
    element.hidden = !show;
    for (const field of $$('input, select, textarea', element)) field.disabled = !show;
  };
  form.addEventListener('change', update);
  update();
  element.removeAttribute('data-waits');
}

/* ---------- look-ups and open pick-lists ---------- */

let tomSelect;
function loadTomSelect() {
  tomSelect ??= new Promise((resolve, reject) => {
    if (globalThis.TomSelect) { resolve(globalThis.TomSelect); return; }
    const script = document.createElement('script');
    script.src = new URL('../lib/tom-select.min.js', import.meta.url).href;
    script.onload = () => resolve(globalThis.TomSelect);
    script.onerror = reject;
    document.head.append(script);
  });
  return tomSelect;
}

function line(text, tag = 'div', className = '') {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

const PICKERS = ['select[data-lookup-url]', 'select[data-open=true]', 'select[data-many]', 'input[data-tags]'];

// What was chosen last in this browser is offered first; which of it may still be seen, the server decides.
function recent(lookupUrl) {
  try { return JSON.parse(localStorage.getItem(`recent:${lookupUrl}`)) ?? []; } catch { return []; }
}

function remember(lookupUrl, value) {
  try { localStorage.setItem(`recent:${lookupUrl}`, JSON.stringify([value, ...recent(lookupUrl).filter(id => id !== value)].slice(0, 6))); } catch { /* full */ }
}

async function startPicker(select) {
  const TomSelect = await loadTomSelect();
  if (select.tomselect || !select.isConnected) return;
  const { lookupUrl, createUrl, createField, textNone = '', textCreate = '{0}', textRecent = '', placeholder = '' } = select.dataset;
  const isWords = select.tagName === 'INPUT';
  // The picker takes the input's class over, and is dressed as a picker.
  if (isWords) select.classList.replace('form-control', 'form-select');
  const plugins = select.multiple || isWords ? { remove_button: { title: select.dataset.textRemove ?? '' } } : { dropdown_input: {} };
  if (!select.multiple && !isWords && !select.required) plugins.clear_button = { title: select.dataset.textClear ?? '' };
  const settings = {
    plugins,
    placeholder,
    maxOptions: 200,
    create: select.dataset.open === 'true' || isWords,
    // Words are posted as one text; what divides them is no part of one. Leaving the input takes up what was typed.
    ...(isWords && { delimiter: ';', splitOn: /[,，、;；]/, createOnBlur: true, hideSelected: true }),
    persist: false,
    // Tabbing through a form must not choose anything, and Enter chooses from what was typed, however quickly.
    selectOnTab: false,
    refreshThrottle: 0,
    // An option[data-path] is found by every word of its path too, and stands there with all of it.
    searchField: lookupUrl ? [] : ['text', 'path'],
    render: {
      option: data => {
        const option = line(data.text);
        if (data.hint) option.append(line(data.hint, 'small'));
        return option;
      },
      item: data => line(data.path ?? data.text),
      no_results: () => textNone ? line(textNone, 'div', 'no-results') : null,
      option_create: data => line(textCreate.replace('{0}', data.input), 'div', 'create'),
    },
  };
  if (createUrl)
    settings.create = (typed, done) => {
      const url = new URL(createUrl, location.href);
      url.searchParams.set(createField, typed);
      inPanel(url.href, 'panel-pick').then(made => {
        done(made ?? undefined);
        // The new record is chosen, so the focus comes back without the list. The picker takes it a moment later.
        picker.settings.openOnFocus = !made;
        picker.focus();
        setTimeout(() => { picker.settings.openOnFocus = true; });
      });
    };
  if (lookupUrl) {
    let request;
    Object.assign(settings, { optgroupField: 'group', optgroups: [{ value: 'recent', label: textRecent }] });
    Object.assign(settings, {
      preload: 'focus',
      loadThrottle: 200,
      shouldLoad: () => true,
      score: () => () => 1,
      load(query, done) {
        request?.abort();
        request = new AbortController();
        const url = new URL(lookupUrl, location.href);
        url.searchParams.set('q', query);
        if (!query && textRecent) for (const id of recent(lookupUrl)) url.searchParams.append('recent', id);
        fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin', signal: request.signal })
          .then(response => response.ok ? response.json() : Promise.reject(new Error(String(response.status))))
          .then(rows => { this.clearOptions(option => this.items.includes(String(option.value)) || option.$option?.dataset.keep === 'true'); done(rows); })
          .catch(error => { if (error.name !== 'AbortError') { done(); showError(); } });
      },
    });
  }
  const name = select.getAttribute('aria-label') ?? $(`label[for="${CSS.escape(select.id)}"]`)?.firstChild?.textContent.trim() ?? placeholder;
  const picker = new TomSelect(select, settings);
  // The next of several is looked for anew.
  if (lookupUrl && select.multiple) picker.on('item_add', () => { if (picker.isFocused) { picker.setTextboxValue(''); picker.load(''); } });
  if (textRecent) picker.on('item_add', value => remember(lookupUrl, value));
  picker.dropdown_content.setAttribute('aria-label', name);
  picker.dropdown.querySelector('.dropdown-input')?.setAttribute('aria-label', name);
  picker.control.querySelector('.clear-button')?.setAttribute('aria-label', select.dataset.textClear ?? '');
  select.setAttribute('aria-hidden', 'true');
}

// What is in a closed menu starts when the menu opens: most never do, and a page without pickers needs no library for them.
const startPickers = scope => Promise.allSettled(within(scope, PICKERS.join(',')).filter(element => !element.closest('[popover]:not(:popover-open)')).map(startPicker));

/* ---------- suggestions while typing ---------- */

// input[data-suggest-url]: what the address answers becomes the options of the list that aria-controls names.
function startSuggest(input) {
  const list = document.getElementById(input.getAttribute('aria-controls'));
  let timer, request, marked = -1;
  const options = () => $$('[role=option]', list);
  const mark = at => {
    marked = at;
    options().forEach((option, i) => option.setAttribute('aria-selected', String(i === at)));
    const option = options()[at];
    if (option) { input.setAttribute('aria-activedescendant', option.id); option.scrollIntoView({ block: 'nearest' }); }
    else input.removeAttribute('aria-activedescendant');
  };
  const show = open => {
    list.hidden = !open;
    input.setAttribute('aria-expanded', String(open));
    mark(-1);
  };
  const load = async () => {
    request?.abort();
    if (!input.value.trim()) { list.replaceChildren(); show(false); return; }
    request = new AbortController();
    const url = new URL(input.dataset.suggestUrl, location.href);
    url.searchParams.set('q', input.value.trim());
    try {
      const response = await fetch(url, { credentials: 'same-origin', signal: request.signal, headers: { 'X-Requested-With': 'suggest' } });
      if (!response.ok) throw new Error(String(response.status));
      list.innerHTML = await response.text();
      show(document.activeElement === input && options().length > 0);
    } catch (error) {
      if (error.name !== 'AbortError') { list.replaceChildren(); show(false); }
    }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(load, 120); };
  // While an input method is composing, what stands there is not what is meant yet.
  input.addEventListener('input', event => { if (!event.isComposing) later(); });
  input.addEventListener('compositionend', later);
  input.addEventListener('focus', () => { if (input.value.trim() && options().length > 0) show(true); });
  input.addEventListener('keydown', event => {
    if (event.isComposing) return;
    const count = options().length;
    if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && count > 0) {
      event.preventDefault();
      if (list.hidden) show(true);
      // One place more than there are options: none of them, only what was typed.
      mark((marked + 1 + (event.key === 'ArrowDown' ? 1 : count)) % (count + 1) - 1);
    } else if (event.key === 'Enter' && !list.hidden && marked >= 0) {
      event.preventDefault();
      options()[marked].click();
    } else if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault();
      show(false);
    }
  });
  input.form.addEventListener('focusout', event => { if (!input.form.contains(event.relatedTarget)) show(false); });
  input.form.addEventListener('submit', event => { clearTimeout(timer); request?.abort(); if (!input.value.trim()) event.preventDefault(); });
  // The focus stays in the field, so that a click is not a way out of the list before it is one of its options.
  list.addEventListener('pointerdown', event => event.preventDefault());
}

/* ---------- lists ---------- */

function updateBulk(list) {
  const boxes = $$('[data-select]', list);
  const chosen = boxes.filter(box => box.checked).length;
  const all = $('[data-select-all]', list);
  if (all) { all.checked = chosen > 0 && chosen === boxes.length; all.indeterminate = chosen > 0 && chosen < boxes.length; }
  const bar = $('[data-bulk]', list);
  if (!bar) return;
  bar.hidden = chosen === 0;
  const count = $('[data-bulk-count]', bar);
  if (count) count.textContent = count.dataset.text.replace('{0}', chosen.toLocaleString(root.lang));
}

const rows = () => $$('[data-row]');
const cursor = () => $('[data-row][data-cursor]');

function moveCursor(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.indexOf(cursor());
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + step))];
  cursor()?.removeAttribute('data-cursor');
  next.setAttribute('data-cursor', '');
  $('[data-row-link]', next)?.focus({ preventScroll: true });
  next.scrollIntoView({ block: 'nearest' });
}

function openRow(event) {
  const row = event.target.closest?.('[data-row]');
  if (!row || event.target.closest('a, button, input, label, select, textarea, summary') || !getSelection().isCollapsed) return;
  const link = $('[data-row-link]', row);
  if (!link) return;
  if (event.ctrlKey || event.metaKey || event.button === 1) window.open(link.href, '_blank', 'noopener'); else link.click();
}

/* ---------- copying ---------- */

// Only secure addresses have the clipboard itself, and the browser may refuse it: then what is selected is copied.
async function copied(text, place) {
  if (navigator.clipboard && await navigator.clipboard.writeText(text).then(() => true, () => false)) return true;
  const area = document.createElement('textarea'), focused = document.activeElement;
  area.value = text;
  place.append(area);
  area.focus({ preventScroll: true });
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  focused?.focus({ preventScroll: true });
  return done;
}

// [data-copy="text"], [data-copy-link="address"]: a text, or the whole of an address of this site.
async function copyFrom(button) {
  const text = button.dataset.copy ?? new URL(button.dataset.copyLink, location.href).href;
  button.closest('[popover]')?.hidePopover();
  // Beside an open dialog nothing can be selected, and in a menu that is closed neither.
  if (await copied(text, button.closest('dialog') ?? document.body)) { showSnack('copied'); return; }
  const dialog = $('dialog[data-copy-by-hand]'), area = $('textarea', dialog);
  area.value = text;
  dialog.showModal();
  area.focus();
  area.select();
}

/* ---------- tabs ---------- */

function startTabs(scope) {
  const tabs = $$('[data-tab]', scope);
  if (tabs.length === 0) return;
  const show = name => {
    for (const tab of tabs) {
      const active = tab.dataset.tab === name;
      tab.setAttribute('aria-selected', String(active));
      tab.tabIndex = active ? 0 : -1;
    }
    for (const pane of $$('[data-pane]', scope)) pane.toggleAttribute('data-active', pane.dataset.pane === name);
  };
  for (const tab of tabs) {
    tab.addEventListener('click', () => show(tab.dataset.tab));
    tab.addEventListener('keydown', event => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs.at((tabs.indexOf(tab) + step) % tabs.length);
      show(next.dataset.tab);
      next.focus();
    });
  }
  // An address that names a place in a pane leads to that place.
  const place = document.getElementById(location.hash.slice(1));
  const named = place?.closest('[data-pane]')?.dataset.pane;
  show((tabs.find(tab => tab.dataset.tab === named) ?? tabs.find(tab => tab.getAttribute('aria-selected') === 'true') ?? tabs[0]).dataset.tab);
  if (named) place.scrollIntoView({ block: 'nearest' });
}

/* ---------- clicks and keys ---------- */

document.addEventListener('click', event => {
  const target = event.target;
  if (!(target instanceof Element)) return;
  const hit = selector => target.closest(selector);
  let element;
  if ((element = hit('[data-theme-set]'))) setTheme(element.dataset.themeSet);
  else if (hit('[data-sidebar-toggle]')) toggleSidebar();
  else if (hit('[data-side-open-button]')) { event.preventDefault(); openSide(!root.hasAttribute('data-side-open')); }
  else if (hit('[data-side-close]') || (root.hasAttribute('data-side-open') && !hit('.side'))) { event.preventDefault(); openSide(false); }
  else if (hit('[data-dismiss]')) hit('.snack, .banner')?.remove();
  else if (hit('[data-dialog-close]')) { event.preventDefault(); hit('dialog')?.close(); }
  else if ((element = hit('[data-dialog-open]'))) $(element.dataset.dialogOpen)?.showModal();
  else if ((element = hit('a[data-dialog]')) && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    hit('[popover]')?.hidePopover();
    openLinked(element);
  }
  else if ((element = hit('a[data-panel]')) && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    inPanel(element.href, 'panel', element).then(saved => { if (saved) location.reload(); });
  }
  else if (hit('[data-bulk-clear]')) {
    const list = hit('[data-list]');
    for (const box of $$('[data-select]', list)) box.checked = false;
    updateBulk(list);
  }
  else if ((element = hit('[data-copy], [data-copy-link]'))) copyFrom(element);
  else if (target instanceof HTMLDialogElement && target.hasAttribute('data-light')) target.close();
  else openRow(event);
});
document.addEventListener('auxclick', event => { if (event.button === 1) openRow(event); });

document.addEventListener('change', event => {
  const list = event.target.closest?.('[data-list]');
  if (event.target.matches?.('[data-select-all]')) {
    for (const box of $$('[data-select]', list)) box.checked = event.target.checked;
    updateBulk(list);
  } else if (event.target.matches?.('[data-select]')) updateBulk(list);
  else if (event.target.matches?.('[data-auto-submit]')) event.target.form.requestSubmit();
});

document.addEventListener('keydown', event => {
  if (event.isComposing || event.defaultPrevented) return;
  const menu = $('.menu:popover-open');
  const narrows = event.target.matches?.('[data-narrow]');
  if (narrows && event.key === 'Enter') { chooseNarrowed(event); return; }
  if (menu && (narrows ? ['ArrowDown', 'ArrowUp'] : ['ArrowDown', 'ArrowUp', 'Home', 'End']).includes(event.key) && (narrows || !isTyping(event.target))) { moveInMenu(event, menu); return; }
  const mod = event.ctrlKey || event.metaKey;
  if (mod && event.key === 'Enter') {
    const form = event.target.closest?.('form') ?? $('form[data-guard]');
    if (form && form.method === 'post') { event.preventDefault(); form.requestSubmit($('[data-primary]', form) ?? undefined); }
    return;
  }
  if (mod && event.key.toLowerCase() === 'k') { event.preventDefault(); $('[data-search]')?.focus(); $('[data-search]')?.select(); return; }
  if (event.key === 'Escape') {
    if (root.hasAttribute('data-side-open')) openSide(false);
    else if ($('dialog[open]') || menu) return;
    else if (isTyping(event.target)) event.target.blur();
    else press('Escape', event);
    return;
  }
  if (mod || event.altKey || isTyping(event.target) || $('dialog[open]') || menu) return;
  const row = cursor();
  switch (event.key) {
    case '/': event.preventDefault(); $('[data-search]')?.focus(); $('[data-search]')?.select(); break;
    case '?': $('dialog[data-help]')?.showModal(); break;
    // The next row of a list; on the page of a record that has a place in one, the next record if there is one.
    case 'j': case 'k': if (!press(event.key, event) && !$('.record-place')) moveCursor(event.key === 'j' ? 1 : -1); break;
    case 'Enter': if (row && !event.target.closest('a, button')) $('[data-row-link]', row)?.click(); break;
    case 'x': if (row) $('[data-select]', row)?.click(); break;
    default: press(event.key, event, row);
  }
});

// [data-key="c"] is pressed by the key c; in the list's current row first, then on the page.
function press(key, event, row) {
  if (key.length !== 1 && key !== 'Escape') return false;
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const element = (row && $(selector, row)) ?? $$(selector).find(candidate => !candidate.closest('[data-row]'));
  if (element) { event.preventDefault(); element.click(); }
  return Boolean(element);
}

/* ---------- start, also for what htmx or a dialog brings in ---------- */

async function startInputs(scope) {
  // What they make of a form is how it starts: whoever watches it for changes comes after them.
  const [rows, texts] = [$$('[data-rows]', scope), $$('[data-rich-text]', scope)];
  if (rows.length + texts.length === 0) return;
  const fields = await import('./fields.js');
  rows.forEach(fields.startRows);
  texts.forEach(fields.startRichText);
}

// The scope itself may be what starts, such as a form that comes back.
const within = (scope, selector) => [...(scope !== document && scope.matches(selector) ? [scope] : []), ...$$(selector, scope)];

function start(scope) {
  const all = selector => within(scope, selector);
  Promise.allSettled([startPickers(scope), startInputs(scope)]).then(() => {
    all('form[data-guard]').forEach(startGuard);
    if (scope === document) root.dataset.started = 'yes';
    document.dispatchEvent(new CustomEvent('crm:start', { detail: scope }));
  });
  all('[data-show-when*="="]').forEach(startShowWhen);
  all('[data-tabs]').forEach(startTabs);
  all('[data-list]').forEach(updateBulk);
  all('.snack').forEach(startSnack);
  all('input[data-suggest-url]').forEach(startSuggest);
}

// A page's own script says so when it has brought something in.
document.addEventListener('crm:added', event => start(event.target));

start(document);
showTheme();
$('[data-error-summary]')?.focus();
document.addEventListener('htmx:after:swap', () => {
  startPickers(document);
  startInputs(document);
  $$('[data-list]').forEach(updateBulk);
});
