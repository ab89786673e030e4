/** The dashboard in a real browser: it stays fresh by itself, and nothing in it is against its own policy. */

import { existsSync } from 'node:fs'

import { utf8Encode } from '@aibomgen/core'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { ANONYMOUS } from '../../src/auth/principal.ts'
import { listen, type Listening } from '../../src/http/listen.ts'
import { createPages } from '../../src/http/pages.ts'
import { claimJob, failAttempt, reportNews } from '../../src/jobs/attempts.ts'
import { submitRecord } from '../../src/jobs/job-records.ts'
import { createApp } from '../../src/http/create-app.ts'
import { createApi, type Api } from '../http/api.ts'
import { makeJob } from '../jobs/made-jobs.ts'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]
const WAIT = { timeout: 60_000 }

describe.skipIf(!existsSync(CHROMIUM))(
  'the dashboard in Chromium (skipped where there is no /usr/bin/chromium)',
  () => {
    let api: Api
    let server: Listening
    let browser: Browser
    let page: Page
    /** What the browser complained of: its console, scripts that threw, and the content security policy. */
    const complaints: string[] = []

    beforeAll(async () => {
      api = await createApi()
      const pages = createPages({ database: api.database, clock: api.clock })
      const app = createApp({ ...api.deps, authenticate: async () => ANONYMOUS, pages })
      server = await listen(app, { host: '127.0.0.1', port: 0, graceSeconds: 1 })
      browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS, timeout: 90_000 })
      page = await browser.newPage()
      page.setDefaultTimeout(WAIT.timeout)
      page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
      page.on('pageerror', (error) => complaints.push(error.message))
      // As text: it runs in the page, where there is a document.
      await page.addInitScript(
        `document.addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective))`,
      )
    }, 180_000)
    afterAll(async () => {
      await browser.close()
      await server.close()
      await api[Symbol.asyncDispose]()
    })

    it('shows a job that comes, runs and ends, without being asked again', async () => {
      const { database } = api
      await page.goto(server.url)
      await page.getByText('No jobs here yet').waitFor()

      const job = makeJob()
      await submitRecord(database, { job, owner: 'ada', priority: 0 })
      // The list looks for itself every few seconds.
      await page.getByRole('link', { name: 'Wein & Käse' }).click()
      await page.locator('h1 .badge-queued').waitFor()

      const claimed = await claimJob(database, job.id, 'a worker')
      await page.locator('h1 .badge-running').waitFor()
      const attempt = { jobId: job.id, attempt: claimed?.attempt ?? 0 }
      for (const epoch of [1, 2]) {
        const metrics = { loss: 1 / epoch, val_loss: 2 / epoch }
        const progress = { epoch, epochs: 3, metrics, secondsLeft: 5 }
        const events = [{ type: 'epoch' as const, data: progress }]
        await reportNews(database, attempt, { progress, events, log: utf8Encode(`epoch ${epoch}\n`) })
      }
      await page.getByText('epoch 2 of 3').waitFor()
      await page.getByRole('img', { name: /^loss from epoch 1 to 2/ }).waitFor()
      await page.getByLabel('Log').filter({ hasText: 'epoch 2' }).waitFor()

      await failAttempt(database, attempt, new Error('by itself'))
      await page.locator('h1 .badge-failed').waitFor()
      await page.getByText('the platform itself failed').waitFor()
      expect(complaints).toEqual([])
    }, 240_000)

    it('fits a telephone: the page itself never scrolls sideways', async () => {
      await page.setViewportSize({ width: 390, height: 800 })
      const [job] = await api.database.db.execute<{ id: string }>('SELECT id FROM jobs').then(({ rows }) => rows)
      for (const path of ['/', `/ui/jobs/${job?.id ?? ''}`]) {
        await page.goto(server.url + path)
        const beyond = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
        expect(beyond, path).toBeLessThanOrEqual(0)
      }
      expect(complaints).toEqual([])
    }, 120_000)
  },
)
