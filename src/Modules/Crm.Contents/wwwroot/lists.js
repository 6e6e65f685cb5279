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
