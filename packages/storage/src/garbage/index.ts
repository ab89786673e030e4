/** Garbage collection over any artifact store that knows ages. @module */

export type { ArtifactAges } from '../artifact-ages.ts'
export { collectGarbage, type GarbagePolicy, type GarbageReport } from './collect-garbage.ts'
