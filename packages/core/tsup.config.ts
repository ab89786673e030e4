import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.base.ts'

export default defineConfig(packageBuild({"index": "src/index.ts", "node": "src/node/index.ts", "crypto/node": "src/crypto/node.ts", "crypto/portable": "src/crypto/portable.ts"}))
