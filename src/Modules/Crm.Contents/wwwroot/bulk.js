// Follows a change of many records: on its own page, and in the top bar of every other.
const $ = (selector, scope = document) => scope.querySelector(selector);
const lang = document.documentElement.lang;

async function stateOf(url) {
  const answer = await fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
  return answer.ok ? answer.json() : null;
}

function follow(url, show) {
  const look = async () => {
    const state = await stateOf(url).catch(() => null);
    // Out of reach for a moment: it is looked at again.
    if (state === null || (show(state), state.running)) setTimeout(look, state === null ? 5000 : 1000);
  };
  setTimeout(look, 600);
}

const page = $('[data-bulk-state]');
if (page?.dataset.bulkState) {
  follow(page.dataset.bulkState, state => {
    if (!state.running) { location.reload(); return; }
    const bar = $('progress', page);
    if (state.total > 0) { bar.max = state.total; bar.value = state.done; }
    $('[data-bulk-done-count]', page).textContent = state.done.toLocaleString(lang);
    $('[data-bulk-total]', page).textContent = state.total.toLocaleString(lang);
  });
}

function tell(state, link) {
  const area = $('[data-snacks]');
  const snack = $('template[data-bulk-done]')?.content.cloneNode(true);
  link.remove();
  if (!area || !snack || location.pathname === state.url) return;
  $('.grow', snack).textContent = `${state.title}: ${state.result}`;
  $('.snack-link', snack).href = state.url;
  const undo = $('form', snack);
  if (state.canUndo) undo.action = `${state.url}/undo`; else undo.remove();
  area.append(snack);
}

const running = $('[data-bulk-running]');
if (running) {
  const share = new Intl.NumberFormat(lang, { style: 'percent' });
  follow(running.dataset.bulkRunning, state => {
    if (!state.running) tell(state, running);
    else if (state.total > 0) $('[data-bulk-share]', running).textContent = share.format(Math.floor(100 * state.done / state.total) / 100);
  });
}
