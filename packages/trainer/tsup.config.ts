import { defineConfig } from 'tsup'
import { packageBuild } from '../../tsup.base.ts'

export default defineConfig(
  packageBuild({
    index: 'src/index.ts',
    job: 'src/job.ts',
    environment: 'src/environment/index.ts',
    keras: 'src/keras.ts',
    child: 'src/child/main.ts',
    compare: 'src/child/compare-main.ts',
    launch: 'src/child/launch-main.ts',
  }),
)
