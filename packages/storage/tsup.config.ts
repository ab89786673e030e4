import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.base.ts'

export default defineConfig(packageBuild({ fs: 'src/fs/index.ts', memory: 'src/memory/index.ts' }))
