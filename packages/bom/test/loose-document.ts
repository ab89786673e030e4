/** A JSON document that a test reaches into without asking. @module */

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a wrong step makes the test fail, which is the check
export type LooseDocument = any
