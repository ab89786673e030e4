/** Values of Parquet columns in JSON: one spelling a value, and a type beside it. @module */

import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimeNSValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeTZValue,
  DuckDBTimeValue,
  DuckDBTypeId,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api'
import { toBase64, type JsonValue } from '@aibomgen/core'

import { datasetError } from './dataset-error.ts'

/** How the values of a type are spelled: see ADR 0006. */
export interface ValueEncoder {
  readonly type: JsonValue
  /** `value` is of the type, and not null. */
  readonly encode: (value: DuckDBValue) => JsonValue
}

/** Types whose values JSON has, told apart by their names. */
const PLAIN = new Map<DuckDBTypeId, string>([
  [DuckDBTypeId.BOOLEAN, 'bool'],
  [DuckDBTypeId.TINYINT, 'int8'],
  [DuckDBTypeId.SMALLINT, 'int16'],
  [DuckDBTypeId.INTEGER, 'int32'],
  [DuckDBTypeId.UTINYINT, 'uint8'],
  [DuckDBTypeId.USMALLINT, 'uint16'],
  [DuckDBTypeId.UINTEGER, 'uint32'],
  [DuckDBTypeId.VARCHAR, 'string'],
  [DuckDBTypeId.ENUM, 'string'],
])

/**
 * How the values of a column are spelled.
 *
 * @throws TrainingError `DATASET_INVALID` for a type that has no spelling
 */
export function createValueEncoder(type: DuckDBType, column: string): ValueEncoder {
  const plain = PLAIN.get(type.typeId)
  if (plain !== undefined) return { type: plain, encode: plainValue }
  switch (type.typeId) {
    case DuckDBTypeId.BIGINT:
      return { type: 'int64', encode: String }
    case DuckDBTypeId.UBIGINT:
      return { type: 'uint64', encode: String }
    case DuckDBTypeId.FLOAT:
      return { type: 'float32', encode: floatValue }
    case DuckDBTypeId.DOUBLE:
      return { type: 'float64', encode: floatValue }
    case DuckDBTypeId.DECIMAL:
      return { type: { decimal: [type.width, type.scale] }, encode: of(DuckDBDecimalValue, decimalText) }
    case DuckDBTypeId.BLOB:
      return { type: 'bytes', encode: of(DuckDBBlobValue, ({ bytes }) => toBase64(bytes)) }
    case DuckDBTypeId.UUID:
      return { type: 'uuid', encode: String }
    case DuckDBTypeId.DATE:
      return { type: 'date', encode: of(DuckDBDateValue, ({ days }) => days) }
    case DuckDBTypeId.TIME:
      return { type: { time: 'us' }, encode: of(DuckDBTimeValue, ({ micros }) => String(micros)) }
    case DuckDBTypeId.TIME_NS:
      return { type: { time: 'ns' }, encode: of(DuckDBTimeNSValue, ({ nanos }) => String(nanos)) }
    case DuckDBTypeId.TIME_TZ:
      return { type: { time: 'us', utc: true }, encode: of(DuckDBTimeTZValue, ({ micros }) => String(micros)) }
    case DuckDBTypeId.TIMESTAMP:
      return { type: { timestamp: 'us' }, encode: of(DuckDBTimestampValue, ({ micros }) => String(micros)) }
    case DuckDBTypeId.TIMESTAMP_NS:
      return { type: { timestamp: 'ns' }, encode: of(DuckDBTimestampNanosecondsValue, ({ nanos }) => String(nanos)) }
    case DuckDBTypeId.TIMESTAMP_TZ:
      return {
        type: { timestamp: 'us', utc: true },
        encode: of(DuckDBTimestampTZValue, ({ micros }) => String(micros)),
      }
    case DuckDBTypeId.INTERVAL:
      return {
        type: 'interval',
        encode: of(DuckDBIntervalValue, ({ months, days, micros }) => [months, days, String(micros)]),
      }
    case DuckDBTypeId.LIST: {
      const item = createValueEncoder(type.valueType, column)
      return {
        type: { list: item.type },
        encode: of(DuckDBListValue, ({ items }) => items.map((value) => orNull(item, value))),
      }
    }
    case DuckDBTypeId.MAP: {
      const key = createValueEncoder(type.keyType, column)
      const value = createValueEncoder(type.valueType, column)
      return {
        type: { map: [key.type, value.type] },
        encode: of(DuckDBMapValue, ({ entries }) =>
          entries.map((entry) => [orNull(key, entry.key), orNull(value, entry.value)]),
        ),
      }
    }
    case DuckDBTypeId.STRUCT: {
      const members = type.entryNames.map((name, index) => {
        const member = type.entryTypes[index]
        // DuckDB's values are plain objects, whose prototype this name would set.
        if (member === undefined || name === '__proto__') throw withoutSpelling(type, column)
        return { name, ...createValueEncoder(member, column) }
      })
      return {
        type: { struct: members.map((member) => [member.name, member.type]) },
        encode: of(DuckDBStructValue, ({ entries }) => members.map((member) => orNull(member, entries[member.name]))),
      }
    }
    default:
      throw withoutSpelling(type, column)
  }
}

function orNull({ encode }: ValueEncoder, value: DuckDBValue | undefined): JsonValue {
  return value === null || value === undefined ? null : encode(value)
}

/** An encoder of the values of a class: what DuckDB says a column's type is, its values are. */
function of<T extends DuckDBValue>(
  valueClass: abstract new (...parameters: never[]) => T,
  spell: (value: T) => JsonValue,
): ValueEncoder['encode'] {
  return (value) => {
    if (value instanceof valueClass) return spell(value)
    throw new TypeError(`expected a ${valueClass.name} of DuckDB, got ${typeof value}`)
  }
}

function plainValue(value: DuckDBValue): JsonValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  throw new TypeError(`expected a plain value of DuckDB, got ${typeof value}`)
}

/** JSON has no NaN, no infinities, and RFC 8785 but one zero: they are texts, which no other float is. */
function floatValue(value: DuckDBValue): JsonValue {
  if (typeof value !== 'number') throw new TypeError(`expected a number of DuckDB, got ${typeof value}`)
  if (Object.is(value, -0)) return '-0'
  return Number.isFinite(value) ? value : String(value)
}

/** As many digits after the point as the scale says. */
function decimalText({ value, scale }: DuckDBDecimalValue): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const [whole, fraction] = [digits.slice(0, digits.length - scale), digits.slice(digits.length - scale)]
  return `${value < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${fraction}`}`
}

function withoutSpelling(type: DuckDBType, column: string): Error {
  return datasetError(`values of type ${String(type)} have no leaf`, { column })
}
