/** Numbers and times as people read them. @module */

import type { Timestamp } from '@aibomgen/core'

/** Whole seconds from `from` to `until`, never negative. */
export function secondsBetween(from: Timestamp, until: Timestamp): number {
  return Math.max(0, (Date.parse(until) - Date.parse(from)) / 1000)
}

/** `45 s`, `12 min 5 s`, `3 h 20 min`, `5 d 2 h`: the two largest units. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds)
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  if (first === -1) return '0 s'
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

/** `512 B`, `1.5 KiB`, `2.3 GiB`. */
export function formatBytes(sizeBytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, sizeBytes)) / 10))
  const value = sizeBytes / 1024 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power] ?? ''}`
}

/** Four significant digits: `0.1234`, `12.34`, `1.234e-7`. */
export function formatMetric(value: number): string {
  return String(Number(value.toPrecision(4)))
}

/** A value on an axis whose values lie `step` apart: no more digits than tell them from each other, and short. */
export function formatTick(value: number, step: number): string {
  if (value === 0) return '0'
  const isPlain = Math.abs(value) < 1e6 && step >= 1e-4
  if (!isPlain || !(step > 0)) {
    const plain = formatMetric(value)
    return plain.length <= 7 ? plain : value.toExponential(1)
  }
  return value.toFixed(Math.max(0, 1 - Math.floor(Math.log10(step))))
}

/** `2026-11-22 12:00:00` of a timestamp; the page says that it is UTC. */
export function formatTime(time: Timestamp): string {
  return time.replace('T', ' ').replace('Z', '')
}
