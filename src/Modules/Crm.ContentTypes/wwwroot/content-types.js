// Arranging fields, options and columns: dragging, and buttons for those who do not drag. Without script, fields are
// moved by their buttons and options keep the order in which they were given.
(() => {
  'use strict';
  const send = async list => {
    const form = list.closest('form[data-order]');
    if (!form) {
      list.dispatchEvent(new Event('change', { bubbles: true }));
      return;
    }
    const answer = await fetch(form.action, { method: 'POST', body: new FormData(form) });
    if (!answer.ok) location.reload();
  };
  for (const list of document.querySelectorAll('[data-sortable]')) {
    list.setAttribute('data-sortable-ready', '');
    Sortable.create(list, { handle: '[data-handle]', animation: 120, onEnd: () => send(list) });
  }
  document.addEventListener('click', event => {
    const move = event.target.closest('[data-move]');
    const list = move?.closest('[data-sortable]');
    if (list) {
      event.preventDefault();
      const row = move.closest('li');
      const other = move.dataset.move < 0 ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      if (move.dataset.move < 0) other.before(row); else other.after(row);
      move.focus();
      send(list);
    } else if (event.target.closest('[data-option-remove]')) {
      event.target.closest('li').remove();
    } else if (event.target.closest('[data-option-add]')) {
      const options = document.querySelector('[data-options]');
      const row = document.querySelector('[data-option-template]').content.firstElementChild.cloneNode(true);
      options.append(row);
      for (const input of row.querySelectorAll('[aria-label]')) input.setAttribute('aria-label', input.getAttribute('aria-label').replace('0', options.children.length));
      row.querySelector('input:not([type=hidden])').focus();
    }
  });
  for (const add of document.querySelectorAll('[data-option-add]')) add.hidden = false;
})();
