/** The trainer's types, as the pipeline hands them on: the server itself loads no training engine. @module */

import type { train } from '@aibomgen/pipeline'

/** How a training runs, and who is told. */
export type TrainingOptions = Parameters<typeof train>[2]

/** What a run tells while it goes on. */
export type TrainingEvent = Parameters<TrainingOptions['onEvent']>[0]
