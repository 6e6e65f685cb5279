/* Inputs that need more than the browser has: rows of labelled addresses, formatted text. Loaded by crm.js where a form has one. */

const $$ = (selector, scope) => [...scope.querySelectorAll(selector)];

function tell(element) {
  element.dispatchEvent(new Event('input', { bubbles: true }));
  element.dispatchEvent(new Event('change', { bubbles: true }));
}

/* ---------- several addresses with a label each ---------- */

export function startRows(group) {
  if (group.dataset.started) return;
  group.dataset.started = 'true';
  const add = group.querySelector('[data-row-add]');
  const rows = () => $$('[data-row-input]', group);
  const model = rows().at(-1).cloneNode(true);
  model.removeAttribute('data-spare');
  // The first row's input has the id that the label names.
  $$('[id]', model).forEach(element => element.removeAttribute('id'));
  $$('[aria-invalid]', model).forEach(element => element.removeAttribute('aria-invalid'));
  const show = () => $$('[data-row-remove]', group).forEach(button => { button.hidden = rows().length < 2 || button.previousElementSibling.disabled; });
  // The empty row is for people without script, unless it is the only one.
  group.querySelector('[data-spare=true]')?.remove();
  add.addEventListener('click', () => {
    const row = model.cloneNode(true);
    row.querySelector('input').value = '';
    add.before(row);
    show();
    row.querySelector('input').focus();
  });
  group.addEventListener('click', event => {
    const button = event.target.closest('[data-row-remove]');
    if (!button) return;
    const row = button.closest('[data-row-input]');
    const next = row.nextElementSibling?.querySelector('input') ?? row.previousElementSibling?.querySelector('input');
    row.remove();
    show();
    (next ?? add).focus();
    tell(group);
  });
  show();
}

/* ---------- formatted text ---------- */

export function startRichText(box) {
  const source = box.querySelector('textarea');
  if (box.dataset.started || source.readOnly) return;
  box.dataset.started = 'true';
  const text = name => box.dataset[`text${name}`];
  const editor = document.createElement('div');
  editor.className = 'form-control rich';
  editor.contentEditable = 'true';
  editor.setAttribute('role', 'textbox');
  editor.setAttribute('aria-multiline', 'true');
  editor.setAttribute('aria-labelledby', box.dataset.label);
  for (const name of ['aria-describedby', 'aria-invalid', 'aria-required'])
    if (source.hasAttribute(name)) editor.setAttribute(name, source.getAttribute(name));
  // The server has sanitised it. What was typed without this editor is plain.
  if (/<[a-z]/i.test(source.value)) editor.innerHTML = source.value;
  else editor.innerText = source.value;

  const tools = document.createElement('div');
  tools.className = 'rich-tools';
  tools.setAttribute('role', 'toolbar');
  tools.setAttribute('aria-label', text('Tools'));
  const run = (command, value) => { editor.focus(); document.execCommand(command, false, value); save(); mark(); };
  const buttons = [];
  const button = (label, glyph, pressed, act) => {
    const element = document.createElement('button');
    element.type = 'button';
    element.title = label;
    element.setAttribute('aria-label', label);
    element.innerHTML = glyph;
    element.addEventListener('mousedown', event => event.preventDefault());
    element.addEventListener('click', act);
    buttons.push([element, pressed]);
    tools.append(element);
  };
  const isHeading = () => /^h[2-4]$/i.test(document.queryCommandValue('formatBlock'));
  button(text('Bold'), '<b>B</b>', () => document.queryCommandState('bold'), () => run('bold'));
  button(text('Italic'), '<i>I</i>', () => document.queryCommandState('italic'), () => run('italic'));
  button(text('Heading'), '<b>H</b>', isHeading, () => run('formatBlock', isHeading() ? '<p>' : '<h3>'));
  button(text('List'), '•', () => document.queryCommandState('insertUnorderedList'), () => run('insertUnorderedList'));
  button(text('Numbers'), '<svg width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><path d="M10 6h10M10 12h10M10 18h10M4 6h1v4M4 10h2M6 18H4c0-1 2-2 2-3s-1-1.5-2-1"/></svg>', () => document.queryCommandState('insertOrderedList'), () => run('insertOrderedList'));
  button(text('Link'), '<svg width="16" height="16" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><path d="M9 15l6-6M11 6l.5-.5a5 5 0 0 1 7 7L18 13M13 18l-.4.5a5 5 0 0 1-7.1-7.1L6 11"/></svg>', null, askForLink);

  function mark() {
    const inside = editor.contains(document.getSelection()?.anchorNode);
    for (const [element, pressed] of buttons) if (pressed) element.setAttribute('aria-pressed', String(inside && pressed()));
  }

  function save() {
    source.value = editor.textContent.trim() || editor.querySelector('hr') ? editor.innerHTML : '';
    tell(source);
  }

  function askForLink() {
    const selection = document.getSelection();
    if (!selection.rangeCount || !editor.contains(selection.anchorNode)) { editor.focus(); return; }
    const range = selection.getRangeAt(0).cloneRange();
    const input = document.createElement('input');
    input.className = 'form-control';
    input.type = 'url';
    input.placeholder = 'https://';
    input.setAttribute('aria-label', text('Address'));
    const close = () => { input.remove(); editor.focus(); selection.removeAllRanges(); selection.addRange(range); };
    input.addEventListener('keydown', event => {
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      const url = input.value.trim();
      close();
      if (event.key === 'Escape' || !url) return;
      const href = /^(https?:|mailto:|tel:)/i.test(url) ? url : `https://${url}`;
      if (range.collapsed) {
        const link = document.createElement('a');
        link.href = href;
        link.textContent = url;
        range.insertNode(link);
        save();
      } else {
        run('createLink', href);
      }
    });
    input.addEventListener('blur', () => input.remove());
    tools.append(input);
    input.focus();
  }

  document.execCommand('styleWithCSS', false, 'false');
  document.execCommand('defaultParagraphSeparator', false, 'p');
  editor.addEventListener('input', save);
  // Styles of other pages stay there.
  editor.addEventListener('paste', event => {
    event.preventDefault();
    document.execCommand('insertText', false, event.clipboardData.getData('text/plain'));
  });
  document.addEventListener('selectionchange', mark);
  document.getElementById(box.dataset.label)?.addEventListener('click', () => editor.focus());
  source.hidden = true;
  box.append(tools, editor);
}
