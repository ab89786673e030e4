/** All benchmarks, in the order of the table. @module */

import { attestRun } from './attest-run.ts'
import type { Benchmark } from './benchmark.ts'
import { cliStart, verifySmallRelease } from './cli-start.ts'
import { hashFile } from './hash-file.ts'
import { largeCsvMemory } from './large-csv.ts'
import { largeImagesMemory } from './large-images.ts'
import { layoutDsse, layoutMetablock } from './large-layout.ts'
import { dsseLinks, metablockLinks } from './many-links.ts'
import { manyJobs, readsUnderLoad, verifications } from './load.ts'
import { storeFile, storeMemory } from './store-file.ts'
import { trainModels } from './train-models.ts'
import { upload } from './upload.ts'
import { validateLargeBom } from './validate-bom.ts'

/** Whatever is measured. */
export const BENCHMARKS: readonly Benchmark[] = [
  hashFile,
  storeFile,
  storeMemory,
  attestRun,
  verifySmallRelease,
  dsseLinks,
  metablockLinks,
  layoutMetablock,
  layoutDsse,
  validateLargeBom,
  cliStart,
  upload,
  verifications,
  readsUnderLoad,
  manyJobs,
  ...trainModels,
  largeCsvMemory,
  largeImagesMemory,
]
