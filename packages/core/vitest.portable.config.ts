/** The suite of core once more, with noble behind `#crypto`, as in a browser. What needs Node.js itself is left out. */
import { defineConfig } from 'vitest/config'

const conditions = ['@aibomgen/source', 'browser', 'import', 'module', 'default']

export default defineConfig({
  root: import.meta.dirname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/node/**', 'test/interop/**'],
    provide: { cryptoProvider: 'portable' },
    testTimeout: 60_000,
    maxWorkers: 2,
  },
})
