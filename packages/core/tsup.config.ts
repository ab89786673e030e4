import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.base.ts'

const entry = { index: 'src/index.ts', node: 'src/node/index.ts' }
// What `#crypto` stands for is found by the package itself alone: it needs no types.
const crypto = { 'crypto/node': 'src/crypto/node.ts', 'crypto/portable': 'src/crypto/portable.ts' }

export default defineConfig(packageBuild({ ...entry, ...crypto }, { dts: { entry } }))
