/** Environment capture: what a machine is, as far as it can be seen. Loads no training engine. @module */

export { ISOLATION_NAMES } from '../isolation/isolation-report.ts'
export type { ConfinedResource, Enforcement, IsolationName, IsolationReport } from '../isolation/isolation-report.ts'
export { captureEnvironment, type CaptureOptions, type EnvironmentProbe } from './capture-environment.ts'
export { createContainerProbe } from './container-probe.ts'
export {
  parseEnvironmentReport,
  serializeEnvironmentReport,
  type BackendIdentity,
  type Checkout,
  type Container,
  type Cpu,
  type Disk,
  type EnvironmentReport,
  type Gpu,
  type InstalledPackage,
  type KeySeparation,
  type MachineObservations,
  type Memory,
  type OperatingSystem,
  type RunTimes,
  type TrainerIdentity,
} from './environment-report.ts'
export { createGpuProbe } from './gpu-probe.ts'
export { createHardwareProbe } from './hardware-probe.ts'
export { createMachineProbes } from './machine-probes.ts'
export { ABSENT, observed, unavailable, type Observed } from './observed.ts'
export { createOperatingSystemProbe } from './operating-system-probe.ts'
export { createPackagesProbe } from './packages-probe.ts'
