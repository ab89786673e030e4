/** What core offers on Node.js alone: files and key files. @module */

export { digestFile, readFileBounded, readFileParts, reasonOf, writeFileAtomic, syncDirectory } from './files.ts'
export { createKeyFile, readKeyFile, type KeyFileOptions } from './key-file.ts'
export { identifyThisProcess, isOver, type ProcessIdentity } from './process-identity.ts'
export { removeTree } from './remove-tree.ts'
