import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.base.ts'

export default defineConfig(
  packageBuild({
    fs: 'src/fs/index.ts',
    garbage: 'src/garbage/index.ts',
    memory: 'src/memory/index.ts',
    s3: 'src/s3/index.ts',
  }),
)
