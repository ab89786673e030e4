/** A connection to a database, before there is a queue in it: what the two kinds have in common. @module */

import type { ConstructorOptions } from 'pg-boss'

import type { Queries, Transaction } from './database.ts'

/** A connection to a database. */
export interface Connection {
  readonly kind: 'pglite' | 'postgres'
  readonly db: Queries
  /** Runs `work` in one transaction, which is rolled back when it throws. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>
  /** How pg-boss reaches the same database. */
  readonly bossOptions: ConstructorOptions
  /** Returns when all that was committed before the call outlives a power failure. */
  settle(): Promise<void>
  close(): Promise<void>
}
