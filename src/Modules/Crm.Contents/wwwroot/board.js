// The board: cards are dragged, or moved by their menu. A move is shown at once and taken back when it is refused.
const board = () => document.querySelector('[data-board]');
const { path, textFailed } = board().dataset;

const columnOf = key => board().querySelector(`[data-board-cards="${CSS.escape(key)}"]`);
const formOf = card => card.querySelector('form[data-board-move]');

function snack(text, undo) {
  const area = document.querySelector('[data-snacks]');
  const element = board().querySelector('template[data-board-snack]').content.cloneNode(true).firstElementChild;
  element.querySelector('.grow').textContent = text;
  const button = element.querySelector('[data-undo]');
  if (undo) button.addEventListener('click', () => { element.remove(); undo(); });
  else { button.remove(); element.dataset.tone = 'bad'; }
  area.replaceChildren(element);
  if (undo) setTimeout(() => element.remove(), Number(element.dataset.timeout));
}

// Counts and sums as they are now, with the board's own filter.
async function refreshHeads() {
  const response = await fetch(location.href, { credentials: 'same-origin' });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  for (const head of board().querySelectorAll('[data-board-head]')) {
    const fresh = page.querySelector(`[data-board-head="${CSS.escape(head.dataset.boardHead)}"]`);
    if (fresh) head.replaceChildren(...document.adoptNode(fresh).childNodes);
  }
}

function markCurrent(card, key) {
  for (const item of formOf(card).querySelectorAll('[name=option]'))
    if (item.value === key) item.setAttribute('aria-current', 'true'); else item.removeAttribute('aria-current');
}

/** Saves a card that already stands where it is to be; `back` puts it where it was. */
async function move(card, from, to, back) {
  const data = new FormData(formOf(card));
  data.set('option', to);
  data.set('version', card.dataset.version);
  card.setAttribute('aria-busy', 'true');
  try {
    const response = await fetch(`${path}/${card.dataset.card}/move`, { method: 'POST', body: data, headers: { Accept: 'application/json' }, credentials: 'same-origin' });
    const answer = await response.json().catch(() => ({ text: textFailed }));
    if (!response.ok) { back(); snack(answer.text || textFailed); return; }
    card.dataset.version = answer.version;
    formOf(card).elements.version.value = answer.version;
    markCurrent(card, to);
    snack(answer.text, () => {
      const place = card.nextSibling;
      const column = card.parentElement;
      columnOf(from).prepend(card);
      move(card, to, from, () => column.insertBefore(card, place));
    });
    await refreshHeads();
  } catch {
    back();
    snack(textFailed);
  } finally {
    card.removeAttribute('aria-busy');
  }
}

const putBack = event => event.from.insertBefore(event.item, event.from.children[event.oldIndex] ?? null);

function startBoard() {
  for (const column of board().querySelectorAll('[data-board-cards]'))
    globalThis.Sortable.create(column, {
      group: 'board', sort: false, draggable: '[data-fixed=false]', animation: 120, delay: 150, delayOnTouchOnly: true, filter: 'button, .menu', preventOnFilter: false,
      onAdd: event => move(event.item, event.from.dataset.boardCards, column.dataset.boardCards, () => putBack(event)),
    });

  // A door asks for the rest: the card goes back until that is answered.
  for (const door of board().querySelectorAll('[data-board-door]'))
    globalThis.Sortable.create(door, {
      group: { name: 'board', pull: false }, sort: false, draggable: '.board-card',
      onAdd: event => {
        putBack(event);
        event.item.querySelector(`a[data-dialog][href$="/${door.dataset.boardDoor}"]`)?.click();
      },
    });
}
startBoard();
// What the quick filter has found stands there anew.
document.addEventListener('crm:added', event => { if (event.target.matches('main')) startBoard(); });

document.addEventListener('submit', event => {
  const form = event.target;
  if (!form.matches('form[data-board-move]')) return;
  event.preventDefault();
  const card = form.closest('[data-card]');
  const from = card.parentElement.dataset.boardCards;
  const to = event.submitter.value;
  form.closest('[popover]')?.hidePopover();
  if (to === from) return;
  const place = card.nextSibling;
  const column = card.parentElement;
  columnOf(to).prepend(card);
  card.querySelector('[popovertarget]').focus();
  move(card, from, to, () => column.insertBefore(card, place));
});
