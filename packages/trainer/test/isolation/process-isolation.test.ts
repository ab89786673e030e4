import { createProcessIsolation, NO_CONTROL_GROUPS } from '@aibomgen/trainer'
import { describe, expect, it } from 'vitest'

import { describeIsolation } from './isolation-contract.ts'

describeIsolation('process isolation', createProcessIsolation())
describeIsolation(
  'process isolation without prlimit',
  createProcessIsolation({ prlimit: '/no/such/prlimit', controlGroups: NO_CONTROL_GROUPS }),
)

describe('the report of process isolation', () => {
  it('admits that keys, files and network are within the child’s reach', async () => {
    const { name, keys, resources } = await createProcessIsolation().probe()
    expect({ name, keys }).toEqual({ name: 'process', keys: 'reachable' })
    expect(resources.network.status).toBe('not-enforced')
    expect(resources.fileSystem.status).toBe('not-enforced')
    expect(resources.wallClock.status).toBe('enforced')
  })

  it('claims no resource limits where there is nothing to set them', async () => {
    const { resources } = await createProcessIsolation({ prlimit: '/no/such/prlimit' }).probe()
    expect(JSON.stringify(resources)).not.toContain('RLIMIT')
    expect(resources.openFiles.status).toBe('not-enforced')
  })
})
