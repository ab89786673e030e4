/** The dashboard's script: keeps a page fresh, and does nothing else. @module */

/** Fetches the page again when its job tells of a change, or every few seconds, and puts the new content in. */
export const SCRIPT = `const POLL_MILLISECONDS = 5000
const SETTLE_MILLISECONDS = 500
const EVENT_TYPES = ['message', 'state', 'retry', 'started', 'batch', 'epoch']

const main = document.getElementById('main')
let pending = false

function refreshSoon() {
  if (pending) return
  pending = true
  setTimeout(refresh, SETTLE_MILLISECONDS)
}

async function refresh() {
  pending = false
  if (document.hidden) return
  const answer = await fetch(location.href, { headers: { accept: 'text/html' } }).catch(() => undefined)
  if (!answer?.ok) return
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('main')
  if (!fresh || fresh.innerHTML === main.dataset.shown) return
  main.dataset.shown = fresh.innerHTML
  const open = [...main.querySelectorAll('details')].map((element) => element.open)
  const focused = document.activeElement?.getAttribute('href')
  main.replaceChildren(...fresh.childNodes)
  main.querySelectorAll('details').forEach((element, position) => (element.open = open[position] ?? false))
  if (focused) [...main.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused)?.focus()
  main.dataset.final = fresh.dataset.final
}

if (main.dataset.events) {
  const events = new EventSource(main.dataset.events)
  for (const type of EVENT_TYPES) {
    events.addEventListener(type, () => {
      if (main.dataset.final === 'yes') events.close()
      else refreshSoon()
    })
  }
} else if (main.dataset.final !== 'yes') {
  setInterval(refreshSoon, POLL_MILLISECONDS)
}
document.addEventListener('visibilitychange', refreshSoon)
`
