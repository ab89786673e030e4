/** An artifact store in a directory. @module */

export { FsArtifactStore } from './fs-artifact-store.ts'
