/** What an AIBoM says about the place of a training run. @module */

/**
 * What looking gave. `absent` was looked for and is not there; `unavailable` could not be looked for, and `reason` says
 * why. Neither is zero, an empty list or `"Unknown"`.
 */
export type Observed<T> =
  | { readonly status: 'observed'; readonly value: T }
  | { readonly status: 'absent' }
  | { readonly status: 'unavailable'; readonly reason: string }

/** The operating system. `name` as it calls itself: `Debian GNU/Linux 12 (bookworm)`. */
export interface OperatingSystemFacts {
  readonly name: Observed<string>
  readonly platform: string
  readonly kernel: string
}

/** The processor. */
export interface CpuFacts {
  readonly model: Observed<string>
  readonly architecture: string
  readonly logicalCores: number
  readonly instructionSets: Observed<readonly string[]>
}

/** Main memory, and what a control group leaves of it. */
export interface MemoryFacts {
  readonly totalBytes: number
  readonly limitBytes: Observed<number>
}

/** The file system that the run worked on. */
export interface DiskFacts {
  readonly totalBytes: number
  readonly availableBytes: number
}

/** A graphics card. `cuda` is the newest CUDA version that its driver speaks. */
export interface GpuFacts {
  readonly name: string
  readonly memoryBytes: Observed<number>
  readonly driver: Observed<string>
  readonly cuda: Observed<string>
}

/** The container around the run. `imageDigest` is `sha256:` and 64 hex digits. */
export interface ContainerFacts {
  readonly engine: Observed<string>
  readonly imageDigest: Observed<string>
}

/** A revision in git. `modified`: tracked files differed from it. */
export interface CheckoutFacts {
  readonly commit: string
  readonly modified: boolean
}

/** The program that trained. `checkout` is the repository it ran from; absent where it was installed as a package. */
export interface TrainerFacts {
  readonly name: string
  readonly version: string
  readonly checkout: Observed<CheckoutFacts>
}

/** The engine that trained. `versions` are by package name. */
export interface BackendFacts {
  readonly name: string
  readonly versions: Readonly<Record<string, string>>
  readonly devices: readonly string[]
}

/** A package that took part. `integrity` is a subresource integrity: `sha512-` and base64. */
export interface PackageFacts {
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly integrity: Observed<string>
}

/** Whether a resource was kept from the training process or rationed. */
export type EnforcementFacts =
  { readonly status: 'enforced'; readonly by: string } | { readonly status: 'not-enforced'; readonly reason: string }

/** How the training process was confined, and whether it could reach the signing keys. */
export interface IsolationFacts {
  readonly name: string
  readonly keys: 'reachable' | 'unreachable'
  readonly resources: Readonly<Record<string, EnforcementFacts>>
  /** Digest of the image that the training's container was made from. */
  readonly image?: string
}

/** The place of a training run. Names no host, no user and no absolute path. */
export interface EnvironmentFacts {
  readonly operatingSystem: Observed<OperatingSystemFacts>
  readonly node: Observed<string>
  readonly cpu: Observed<CpuFacts>
  readonly memory: Observed<MemoryFacts>
  readonly disk: Observed<DiskFacts>
  readonly gpus: Observed<readonly GpuFacts[]>
  readonly container: Observed<ContainerFacts>
  readonly trainer: Observed<TrainerFacts>
  readonly packages: Observed<readonly PackageFacts[]>
  readonly backend: Observed<BackendFacts>
  readonly isolation: IsolationFacts
  /** Whether the keys of the roles lie on one machine, and so count as one. */
  readonly keySeparation: 'single-host' | 'separate'
}
