import { join } from 'node:path'

import { defineConfig } from 'vitest/config'

/** One run over every package, on the sources: nothing has to be built for it but the command line's own tests. */
export default defineConfig({
  resolve: { conditions: ['@aibomgen/source', 'node'] },
  ssr: { resolve: { conditions: ['@aibomgen/source', 'node'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    // Many tests start programs of ours: what one has compiled, the next one need not.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') },
  },
})
