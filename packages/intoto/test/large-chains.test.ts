import { describe, expect, it } from 'vitest'

import { verifyLayout } from '../src/verify-layout.ts'
import { createLargeChain } from './large-chains.ts'

describe('verifyLayout of large chains', () => {
  it.each(['metablock', 'dsse'] as const)('passes ten steps of 1000 artifacts as %s', async (form) => {
    const { chain, policy } = await createLargeChain({ steps: 10, artifacts: 1000, form })
    const { links } = await verifyLayout(chain, policy)
    expect(links.get('step9')?.products.size).toBe(1000)
  })

  it.each(['metablock', 'dsse'] as const)('passes a thousand steps of one functionary as %s', async (form) => {
    const { chain, policy } = await createLargeChain({ steps: 1000, artifacts: 3, form })
    expect((await verifyLayout(chain, policy)).links.size).toBe(1000)
  })
})
