// A form in a panel beside the page, saved without leaving it. The form is the part [data-dialog-part] of a page of its
// own, which is where one gets without script.

function show(dialog, html, start) {
  const part = new DOMParser().parseFromString(html, 'text/html').querySelector('[data-dialog-part]');
  if (!part) return false;
  dialog.replaceChildren(document.adoptNode(part));
  const title = dialog.querySelector('h1, h2');
  if (title) { title.id ||= `panel-title-${Date.now()}`; dialog.setAttribute('aria-labelledby', title.id); }
  dialog.querySelector('[data-cancel]')?.setAttribute('data-dialog-close', '');
  start(dialog);
  return true;
}

function focusFirst(scope) {
  const first = scope.querySelector('[data-error-summary], [aria-invalid=true]') ?? scope.querySelector('[autofocus]') ?? scope.querySelector('input:not([type=hidden]), textarea');
  (first?.tomselect ?? first)?.focus();
}

/** Opens the form at the address, for the link that waits for it; answers what was saved, or null when it was closed. */
export async function openPanel(href, start, asks = 'panel', link = null) {
  link?.setAttribute('aria-busy', 'true');
  const opened = await fetch(href, { headers: { 'X-Requested-With': asks }, credentials: 'same-origin' }).finally(() => link?.removeAttribute('aria-busy'));
  const saving = opened.ok ? panelOf(await opened.text(), start, asks) : null;
  if (!saving) location.assign(href);
  return saving;
}

/**
 * Sends a small form of a page, or of a dialog, without leaving the page. Where it is refused, its refused form takes its
 * place with what was typed; where the answer is another form, the longer one that the small one is short for, it opens in
 * a panel.
 */
export async function sendInPlace(form, submitter, start) {
  const address = submitter?.getAttribute('formaction') ?? form.action;
  const response = await fetch(address, { method: 'POST', body: new FormData(form, submitter), headers: { 'X-Requested-With': 'form' }, credentials: 'same-origin' });
  const next = response.headers.get('X-Location');
  if (next) {
    const to = new URL(next, location.href);
    const place = to.pathname === location.pathname && to.hash ? document.getElementById(to.hash.slice(1)) : null;
    // It is saved: where its place cannot be brought here, the browser goes there and says why.
    const page = place && await renew(place, to).catch(() => null);
    if (page) { arriveAt(document.getElementById(place.id), page, start); return null; }
    // To the same page, only with another place in it, is to the page anew.
    if (new URL(next, location.href).pathname === location.pathname) history.replaceState(null, '', next);
    if (new URL(next, location.href).href === location.href) location.reload(); else location.assign(next);
    return null;
  }
  const html = await response.text();
  const page = new DOMParser().parseFromString(html, 'text/html');
  const dialog = form.closest('dialog');
  if (dialog && show(dialog, html, start)) { focusFirst(dialog); return null; }
  const refused = [...page.forms].find(other => other.getAttribute('action') === form.getAttribute('action') && other.getAttribute('action') !== '/logout');
  if (refused && !dialog) {
    const now = document.adoptNode(refused);
    form.replaceWith(now);
    start(now);
    focusFirst(now);
    return null;
  }
  const saving = panelOf(html, start, 'panel');
  // Nothing to show it in: the browser shows the answer as it always did. It was refused, so sending it again does no harm.
  if (!saving) form.submit();
  return saving;
}

/**
 * Brings a place of this page, found by its id, as it is at the address now, unless something has come up meanwhile.
 * Answers the page that it came with, or null where there is no such place.
 */
export async function renew(place, address, { signal, unless } = {}) {
  const response = await fetch(address, { credentials: 'same-origin', signal });
  const page = new DOMParser().parseFromString(await response.text(), 'text/html'), fresh = page.getElementById(place.id);
  if (!response.ok || !fresh) return null;
  if (unless?.()) return page;
  place.replaceWith(document.adoptNode(fresh));
  fresh.dispatchEvent(new CustomEvent('crm:added', { bubbles: true }));
  return page;
}

/** One is led to a place of this very page, with what is said of it: nothing jumps. */
function arriveAt(place, page, start) {
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  for (const snack of page.querySelectorAll('[data-snacks] > .snack')) {
    document.querySelector('[data-snacks]').append(document.adoptNode(snack));
    start(snack);
  }
}

/** A panel with the form of a page, or null when the page has none. */
function panelOf(html, start, asks) {
  const headers = { 'X-Requested-With': asks };
  const dialog = document.createElement('dialog');
  dialog.className = 'dialog panel';
  document.body.append(dialog);
  if (!show(dialog, html, start)) { dialog.remove(); return null; }
  return new Promise(resolve => {
    let saved = null;
    dialog.addEventListener('close', () => { dialog.remove(); resolve(saved); });
    dialog.addEventListener('submit', async event => {
      event.preventDefault();
      const form = event.target;
      if (form.dataset.sending) return;
      form.dataset.sending = 'yes';
      event.submitter?.setAttribute('aria-busy', 'true');
      try {
        const response = await fetch(form.action, { method: 'POST', body: new FormData(form, event.submitter), headers, credentials: 'same-origin' });
        if (response.headers.get('Content-Type')?.includes('json') && response.ok) {
          saved = await response.json();
          localStorage.removeItem(`draft:${form.dataset.draft}`);
          dialog.close();
        } else if (show(dialog, await response.text(), start)) focusFirst(dialog);
        else document.dispatchEvent(new CustomEvent('htmx:error'));
      } catch {
        document.dispatchEvent(new CustomEvent('htmx:error'));
      } finally {
        delete form.dataset.sending;
        event.submitter?.removeAttribute('aria-busy');
      }
    });
    dialog.showModal();
    focusFirst(dialog);
  });
}
