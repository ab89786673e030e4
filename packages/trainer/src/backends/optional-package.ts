/** Engines that are installed beside the trainer, or not: its optional peers. @module */

import { createRequire } from 'node:module'

import * as z from 'zod'

import { backendUnavailable } from './backend-unavailable.ts'
import type { BackendName } from './training-backend.ts'

const require = createRequire(import.meta.url)

/** Whether an optional peer is installed where the trainer finds it. Says nothing about whether it works. */
export function isInstalled(packageName: string): boolean {
  try {
    require.resolve(packageName)
    return true
  } catch {
    return false // MODULE_NOT_FOUND, or a package without an entry: not to be had either way
  }
}

/**
 * What an optional peer exports.
 *
 * @throws TrainingError `BACKEND_UNAVAILABLE`, with the command that installs it where it is missing
 */
export async function importEngine(backend: keyof typeof ENGINE_PACKAGES, packageName: string): Promise<unknown> {
  if (!isInstalled(packageName)) {
    throw backendUnavailable(backend, `${packageName} is not installed; npm install ${installedAs(backend)} brings it`)
  }
  try {
    return await import(packageName)
  } catch (cause) {
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'unknown'
    throw backendUnavailable(backend, `${packageName} is installed and does not start: ${why}`, cause)
  }
}

/** The version of a package that `importEngine` gave. */
export function versionOf(packageName: string): string {
  return packageSchema.parse(require(`${packageName}/package.json`)).version
}

const packageSchema = z.looseObject({ version: z.string() })

/** Versions that were tried together, by package; the tfjs packages must all be of one. */
const ENGINE_PACKAGES: Readonly<Record<'node' | 'node-gpu' | 'webgpu', Readonly<Record<string, string>>>> = {
  node: { '@tensorflow/tfjs-node': '4.22.0' },
  'node-gpu': { '@tensorflow/tfjs-node-gpu': '4.22.0' },
  webgpu: { webgpu: '0.6.2', '@tensorflow/tfjs-backend-webgpu': '4.22.0' },
}

/**
 * The backends that a run may ask for on this machine: those that are always there, and those whose packages are
 * installed. Whether one of the latter starts, only starting it tells: a graphics card may be missing.
 */
export function installedBackends(): readonly BackendName[] {
  const optional = Object.entries(ENGINE_PACKAGES) as [keyof typeof ENGINE_PACKAGES, Readonly<Record<string, string>>][]
  const found = optional.filter(([, packages]) => Object.keys(packages).every(isInstalled)).map(([name]) => name)
  return ['wasm', 'cpu', ...found]
}

function installedAs(backend: keyof typeof ENGINE_PACKAGES): string {
  return Object.entries(ENGINE_PACKAGES[backend])
    .map(([name, version]) => `${name}@${version}`)
    .join(' ')
}
