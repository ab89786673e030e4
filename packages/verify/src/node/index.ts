/** Verification on Node.js: release directories. @module */

export { openReleaseDirectory } from './release-directory.ts'
