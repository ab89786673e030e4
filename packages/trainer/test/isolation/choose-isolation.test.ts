/** Which isolation is taken, and when none is. @module */

import { TrainingError } from '@aibomgen/core'
import { chooseIsolation, type Isolation, type IsolationDemands } from '@aibomgen/trainer'
import { expect, it } from 'vitest'

function isolation(name: Isolation['name'], obstacle?: string): Isolation {
  const fail = (reason: string): never => {
    throw new TrainingError('ISOLATION_UNAVAILABLE', reason, { required: name, reason })
  }
  return {
    name,
    probe: async () => (obstacle === undefined ? { name, keys: 'reachable', resources: {} as never } : fail(obstacle)),
    spawn: async () => fail('not in this test'),
  }
}

const all = [isolation('process'), isolation('bubblewrap'), isolation('container')]
const bare = [isolation('process'), isolation('bubblewrap', 'no bubblewrap')]

it.each<[string, readonly Isolation[], IsolationDemands, string]>([
  ['the strongest', all, {}, 'container'],
  ['the strongest that works', bare, {}, 'process'],
  ['the one that is asked for', all, { name: 'process' }, 'process'],
  ['the strongest, where less would do', all, { atLeast: 'process' }, 'container'],
])('takes %s', async (_, isolations, demands, name) => {
  expect((await chooseIsolation(isolations, demands)).name).toBe(name)
})

it.each<[string, readonly Isolation[], IsolationDemands, RegExp]>([
  [
    'what is required does not work',
    bare,
    { atLeast: 'bubblewrap' },
    /container: this program brings nothing.*no bubblewrap/,
  ],
  ['what is asked for does not work, though less would', bare, { name: 'bubblewrap' }, /no bubblewrap/],
  ['what is asked for is less than what is required', all, { name: 'process', atLeast: 'bubblewrap' }, /or stronger/],
])('refuses where %s', async (_, isolations, demands, message) => {
  const error: unknown = await chooseIsolation(isolations, demands).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'ISOLATION_UNAVAILABLE', message: expect.stringMatching(message) })
})
