import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.base.ts'

export default defineConfig(
  packageBuild(
    { index: 'src/index.ts', scanner: 'src/scanner/index.ts', client: 'src/client/index.ts' },
    { platform: 'node' },
  ),
)
