/** A release that changes while it is verified: each check would see another file. @module */

import { expect, it } from 'vitest'

import { createBundleReader, verifyRelease, type ReleaseReader } from '../../src/index.ts'
import { failures, flipByte, loadRelease, loadTrustRoot, TODAY } from './release.ts'

const deps = { trustRoot: loadTrustRoot(), clock: TODAY }

it('is looked at once: no file is read a second time', async () => {
  const looked: string[] = []
  const release = createBundleReader(loadRelease())
  const report = await verifyRelease(
    {
      names: () => release.names(),
      read: (name, maxBytes) => (looked.push(name), release.read(name, maxBytes)),
      identify: (name) => (looked.push(name), release.identify(name)),
    },
    deps,
  )
  expect(report.verdict).toBe('pass')
  expect(looked.toSorted()).toEqual([...new Set(looked)].toSorted())
})

it.each(['aibom.json', 'layout.json', 'inputs/job.json'])(
  'shows a false %s first, and the true one after',
  async (name) => {
    const report = await verifyRelease(falseAtFirst(name), deps)
    expect(report.verdict).toBe('fail')
    expect(Object.keys(failures(report))).not.toEqual([])
  },
)

/** A release whose file `name` is tampered with the first time it is read, and honest from then on. */
function falseAtFirst(name: string): ReleaseReader {
  const tampered = loadRelease()
  flipByte(tampered, name)
  const [honest, lying] = [createBundleReader(loadRelease()), createBundleReader(tampered)]
  let isFirst = true
  return {
    names: () => honest.names(),
    identify: (other) => honest.identify(other),
    read(other, maxBytes) {
      const reader = other === name && isFirst ? lying : honest
      isFirst &&= other !== name
      return reader.read(other, maxBytes)
    },
  }
}
