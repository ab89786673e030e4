/** An artifact store in memory. @module */

export { MemoryArtifactStore } from './memory-artifact-store.ts'
