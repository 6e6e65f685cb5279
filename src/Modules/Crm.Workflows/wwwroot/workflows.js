// Where other inputs depend on a choice, choosing sends the form to be shown anew. Without script its button does that.
const button = select => document.getElementById(select.dataset.workflowRefresh);
const selects = [...document.querySelectorAll('[data-workflow-refresh]')].filter(button);

for (const select of selects) button(select).hidden = true;
document.addEventListener('change', event => {
  if (selects.includes(event.target)) event.target.form.requestSubmit(button(event.target));
});
