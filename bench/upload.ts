/** Uploading 1 GiB through the API. @module */

import type { Benchmark } from './benchmark.ts'

export const upload: Benchmark = {
  name: 'upload',
  what: 'server memory while 1 GiB is uploaded',
  unit: 'MB',
  target: { kind: 'limit', below: 100 },
  run: () => Promise.resolve({ kind: 'not measured', reason: 'not here yet' }),
}
