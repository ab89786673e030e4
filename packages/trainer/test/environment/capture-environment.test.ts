import { observed, captureEnvironment, createMachineProbes, type EnvironmentProbe } from '@aibomgen/trainer/environment'
import { hostname, userInfo } from 'node:os'
import { describe, expect, it } from 'vitest'

const TIMEOUT = { timeoutSeconds: 0.05 }

describe('environment capture', () => {
  it('gives every field an answer, also those that nobody looked for', async () => {
    const seen = await captureEnvironment([], TIMEOUT)
    expect(Object.values(seen)).toHaveLength(9)
    expect(seen.gpus).toEqual({ status: 'unavailable', reason: 'no probe looks for it' })
  })

  it('does not wait for a probe that hangs, and says so', async () => {
    let aborted = false
    const hanging: EnvironmentProbe = {
      observes: ['gpus'],
      observe: (signal) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (aborted = true))
        }),
    }
    const node: EnvironmentProbe = { observes: ['node'], observe: async () => ({ node: observed('24.0.0') }) }
    const seen = await captureEnvironment([hanging, node], TIMEOUT)
    expect(seen.gpus).toEqual({ status: 'unavailable', reason: 'no answer within 0.05 s' })
    expect(seen.node).toEqual(observed('24.0.0'))
    expect(aborted).toBe(true)
  })

  it('names a failing probe’s code and never its message, which may hold a path', async () => {
    const failing: EnvironmentProbe = {
      observes: ['disk', 'cpu'],
      observe: () => Promise.reject(Object.assign(new Error('ENOENT: /home/somebody'), { code: 'ENOENT' })),
    }
    const seen = await captureEnvironment([failing], TIMEOUT)
    expect([seen.disk, seen.cpu]).toEqual(Array(2).fill({ status: 'unavailable', reason: 'ENOENT' }))
  })

  it('sees this machine and names no host, user or absolute path', async () => {
    const seen = await captureEnvironment(await createMachineProbes('.'), { timeoutSeconds: 30 })
    expect(seen.node).toEqual(observed(process.versions.node))
    expect(seen.cpu.status).toBe('observed')
    expect(seen.disk.status).toBe('observed')
    expect(seen.packages.status).toBe('observed')
    const text = JSON.stringify(seen)
    expect(text).not.toContain(process.cwd())
    expect(text).not.toContain(JSON.stringify(hostname()))
    expect(text).not.toContain(JSON.stringify(userInfo().username))
    expect(text).not.toMatch(/"\//)
  })
})
