/** The probes for the machine we run on. @module */

import { fileURLToPath } from 'node:url'

import type { EnvironmentProbe } from './capture-environment.ts'
import { createContainerProbe } from './container-probe.ts'
import { createGpuProbe } from './gpu-probe.ts'
import { createHardwareProbe } from './hardware-probe.ts'
import { findPackageDirectory } from './installed-packages.ts'
import { createOperatingSystemProbe } from './operating-system-probe.ts'
import { createPackagesProbe } from './packages-probe.ts'

/** A probe for every field of `MachineObservations`. `directory` lies on the file system that runs work on. */
export async function createMachineProbes(directory: string): Promise<readonly EnvironmentProbe[]> {
  return [
    createOperatingSystemProbe(),
    createHardwareProbe(directory),
    createGpuProbe(),
    createContainerProbe(),
    createPackagesProbe(await findPackageDirectory(fileURLToPath(import.meta.url))),
  ]
}
