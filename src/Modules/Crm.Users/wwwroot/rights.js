// Finds permissions in a role's matrix. Without script all modules can be opened by hand.
(() => {
  'use strict';
  const filter = document.querySelector('[data-rights-filter]');
  const changed = document.querySelector('[data-rights-changed]');
  if (!filter || !changed) return;
  const opened = new Map([...document.querySelectorAll('.rights-module')].map(m => [m, m.open]));
  const apply = () => {
    const text = filter.querySelector('input').value.trim().toLowerCase();
    const only = changed.querySelector('input').checked;
    for (const [module, open] of opened) {
      const heading = module.querySelector('.rights-name').textContent.toLowerCase();
      let shown = 0;
      for (const row of module.querySelectorAll('[data-right]')) {
        row.hidden = (only && row.dataset.changed !== 'true') || !(heading.includes(text) || row.dataset.right.toLowerCase().includes(text));
        shown += row.hidden ? 0 : 1;
      }
      module.hidden = shown === 0;
      module.open = text || only ? shown > 0 : open;
    }
  };
  filter.addEventListener('input', apply);
  changed.addEventListener('change', apply);
})();
