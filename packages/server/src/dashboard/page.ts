/** The frame that every page of the dashboard has. @module */

import { html } from 'hono/html'

/** HTML in which every value that was put in has been escaped. Only `html` makes it. */
export type Markup = ReturnType<typeof html>

/** Where stylesheet and script are served: addresses that change with their content. */
export interface AssetPaths {
  readonly stylesheet: string
  readonly script: string
  readonly icon: string
}

/** A page. */
export interface Page {
  readonly title: string
  readonly content: Markup
  /** The events that tell of a change of what is shown; without it the page looks for itself now and then. */
  readonly eventsPath?: string
  /** Nothing shown will change any more. */
  readonly final?: boolean
}

/** The whole document. It works without its script, which only keeps it fresh. */
export function renderPage({ title, content, eventsPath, final }: Page, assets: AssetPaths): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · AIBoMGen</title>
        <link rel="icon" type="image/svg+xml" href="${assets.icon}" />
        <link rel="stylesheet" href="${assets.stylesheet}" />
        <script type="module" src="${assets.script}"></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to content</a>
        <header class="top">
          <a class="brand" href="/"><span class="mark" aria-hidden="true"></span>AIBoMGen</a>
          <nav aria-label="Pages">
            <a href="/">Jobs</a>
            <a href="/docs">API</a>
            <a href="/trust">Keys</a>
          </nav>
        </header>
        <main id="main" tabindex="-1" data-events="${eventsPath ?? ''}" data-final="${final === true ? 'yes' : 'no'}">
          ${content}
        </main>
        <footer>Times are UTC.</footer>
      </body>
    </html>`
}
