// Waits for an import that runs in the background. Without script, the button on the page looks again.
(() => {
  'use strict';
  const place = document.querySelector('[data-import-state]');
  if (!place) return;
  const look = async () => {
    const answer = await fetch(place.dataset.importState, { headers: { Accept: 'application/json' } });
    const state = answer.ok ? await answer.json() : { running: false };
    if (!state.running) {
      location.reload();
      return;
    }
    place.querySelector('progress').value = state.done;
    place.querySelector('[data-import-done]').textContent = state.done.toLocaleString(document.documentElement.lang);
    setTimeout(look, 1000);
  };
  setTimeout(look, 700);
})();
