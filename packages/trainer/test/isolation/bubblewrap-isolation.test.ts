/** Isolation by bubblewrap: the contract, and a report that says what is so. @module */

import { createBubblewrapIsolation, NO_CONTROL_GROUPS } from '@aibomgen/trainer'
import { describe, expect, it } from 'vitest'

import { describeIsolation } from './isolation-contract.ts'
import { whyNot } from './why-not.ts'

const missing = await whyNot(createBubblewrapIsolation())

describe.skipIf(missing !== undefined)(
  `with bubblewrap${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    describeIsolation('bubblewrap', createBubblewrapIsolation())
    describeIsolation(
      'bubblewrap without control groups',
      createBubblewrapIsolation({ controlGroups: NO_CONTROL_GROUPS }),
    )

    it('says that keys are out of reach, and by what each resource is confined', async () => {
      const { name, keys, resources } = await createBubblewrapIsolation().probe()
      expect({ name, keys }).toEqual({ name: 'bubblewrap', keys: 'unreachable' })
      for (const resource of ['network', 'fileSystem', 'memory', 'openFiles', 'privileges'] as const) {
        expect([resource, resources[resource]?.status]).toEqual([resource, 'enforced'])
      }
    })

    it('admits without control groups that root is not held to a number of processes', async () => {
      const { resources } = await createBubblewrapIsolation({ controlGroups: NO_CONTROL_GROUPS }).probe()
      expect(resources.processes.status).toBe(process.getuid?.() === 0 ? 'not-enforced' : 'enforced')
      expect(JSON.stringify(resources)).not.toContain('cgroup')
    })
  },
)

describe('without bubblewrap', () => {
  it('says what to install', async () => {
    const isolation = createBubblewrapIsolation({ bwrap: '/no/such/bwrap' })
    const reason = 'there is no bubblewrap at /no/such/bwrap: install the package bubblewrap'
    const detail = { required: 'bubblewrap', reason }
    await expect(isolation.probe()).rejects.toMatchObject({ code: 'ISOLATION_UNAVAILABLE', detail })
  })
})
