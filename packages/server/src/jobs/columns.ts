/** Column types that both databases give back alike. @module */

import { toTimestamp, type Timestamp } from '@aibomgen/core'
import type { ColumnDataType } from 'drizzle-orm'
import {
  customType,
  type CustomTypeValues,
  type PgColumn,
  type PgCustomColumnBuilder,
  type PgTableWithColumns,
} from 'drizzle-orm/pg-core'

/** A table of these columns, with the type written out: what is exported says what it is. */
export type Table<Columns extends Record<string, PgColumn>> = PgTableWithColumns<{
  name: string
  schema: undefined
  dialect: 'pg'
  columns: Columns
}>

/** A column that is never NULL, and that an insert must name. */
export type Column<Data> = TypedColumn<Data, true, false>
/** A column that is never NULL, and that fills itself where an insert does not name it. */
export type FilledColumn<Data> = TypedColumn<Data, true, true>
/** A column that may be NULL. */
export type NullableColumn<Data> = TypedColumn<Data, false, false>

type TypedColumn<Data, NotNull extends boolean, HasDefault extends boolean> = PgColumn<{
  name: string
  tableName: string
  dataType: ColumnDataType
  columnType: string
  data: Data
  driverParam: unknown
  notNull: NotNull
  hasDefault: HasDefault
  isPrimaryKey: boolean
  isAutoincrement: boolean
  hasRuntimeDefault: boolean
  enumValues: string[] | undefined
  generated: undefined
  identity: undefined
}>

interface TimestampValues extends CustomTypeValues {
  data: Timestamp
  driverData: string
}

interface BytesValues extends CustomTypeValues {
  data: Uint8Array
  driverData: Uint8Array
}

type ColumnBuilder<Values extends CustomTypeValues> = (name: string) => PgCustomColumnBuilder<{
  name: string
  dataType: 'custom'
  columnType: 'PgCustomColumn'
  data: Values['data']
  driverParam: Values['driverData']
  enumValues: undefined
}>

/** A `timestamptz` as a `Timestamp`: UTC, whole seconds. */
export const timestampColumn: ColumnBuilder<TimestampValues> = customType<TimestampValues>({
  dataType: () => 'timestamp with time zone',
  fromDriver: (value) => toTimestamp(new Date(value)),
})

/** A `bytea` as bytes. */
export const bytesColumn: ColumnBuilder<BytesValues> = customType<BytesValues>({
  dataType: () => 'bytea',
  // A Buffer may be a window on a larger one; a copy is what it seems to be.
  fromDriver: (value) => Uint8Array.from(value),
})
