// The form of a template: merge fields from a menu, and a preview that follows the typing.
const form = document.querySelector('[data-mail-editor]')?.closest('form')
const frame = document.querySelector('[data-mail-preview]')
const recipient = document.querySelector('#preview-recipient')

document.addEventListener('click', event => {
  const item = event.target.closest('[data-merge]')
  if (!item) return
  const input = document.getElementById(item.dataset.into)
  input.setRangeText(item.dataset.merge, input.selectionStart, input.selectionEnd, 'end')
  input.dispatchEvent(new Event('input', { bubbles: true }))
  item.closest('[popover]').hidePopover()
  input.focus()
})

// A form of its own is sent into the frame, which has a policy of its own.
const show = () => {
  const post = document.createElement('form')
  post.method = 'post'
  post.action = frame.dataset.mailPreview
  post.target = frame.name
  post.hidden = true
  const values = { recipient: recipient?.value ?? '' }
  for (const name of ['subject', 'html', 'text', '__RequestVerificationToken']) values[name] = form.elements[name]?.value ?? ''
  for (const [name, value] of Object.entries(values)) {
    const input = document.createElement('textarea')
    input.name = name
    input.value = value
    post.append(input)
  }
  document.body.append(post)
  post.submit()
  post.remove()
}

if (form && frame) {
  let timer
  const later = delay => {
    clearTimeout(timer)
    timer = setTimeout(show, delay)
  }
  form.addEventListener('input', event => event.target.name && later(500))
  recipient?.addEventListener('change', () => later(0))
  show()
}
