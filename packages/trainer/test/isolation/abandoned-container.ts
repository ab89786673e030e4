/** A program that starts a training in a container and waits: for a test that kills it. @module */

import { createContainerIsolation, DEFAULT_LIMITS } from '@aibomgen/trainer'

const [image = '', directory = '', environment = ''] = process.argv.slice(2)
const isolation = createContainerIsolation({ image, environment: JSON.parse(environment) })
const { ended } = await isolation.spawn(
  {
    entry: `${directory}/child.mjs`,
    execArgv: [],
    argv: [],
    directory,
    onMessage: () => console.log('running'),
    onLog: () => undefined,
  },
  DEFAULT_LIMITS,
  new AbortController().signal,
)
await ended
