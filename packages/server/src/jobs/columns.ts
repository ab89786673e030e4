/** Column types that both databases give back alike. @module */

import { toTimestamp, type Timestamp } from '@aibomgen/core'
import { customType, type PgCustomColumnBuilder, type CustomTypeValues } from 'drizzle-orm/pg-core'

interface TimestampValues extends CustomTypeValues {
  data: Timestamp
  driverData: string
}

interface BytesValues extends CustomTypeValues {
  data: Uint8Array
  driverData: Uint8Array
}

type Column<Values extends CustomTypeValues> = (name: string) => PgCustomColumnBuilder<{
  name: string
  dataType: 'custom'
  columnType: 'PgCustomColumn'
  data: Values['data']
  driverParam: Values['driverData']
  enumValues: undefined
}>

/** A `timestamptz` as a `Timestamp`: UTC, whole seconds. */
export const timestampColumn: Column<TimestampValues> = customType<TimestampValues>({
  dataType: () => 'timestamp with time zone',
  fromDriver: (value) => toTimestamp(new Date(value)),
})

/** A `bytea` as bytes. */
export const bytesColumn: Column<BytesValues> = customType<BytesValues>({
  dataType: () => 'bytea',
  // A Buffer may be a window on a larger one; a copy is what it seems to be.
  fromDriver: (value) => Uint8Array.from(value),
})
