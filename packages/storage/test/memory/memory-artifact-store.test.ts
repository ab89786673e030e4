/** The memory store runs the port's contract. @module */

import { MemoryArtifactStore } from '@aibomgen/storage/memory'

import { describeArtifactStore } from '../artifact-store-contract.ts'

describeArtifactStore('MemoryArtifactStore', async () => ({ store: new MemoryArtifactStore() }))
