/** What trains: the engines a run may ask for, and what is known of the one it got. @module */

/** Names that a run may ask for; `auto` leaves the choice to `loadBackend`. */
export type BackendName = 'wasm' | 'cpu' | 'node' | 'node-gpu' | 'webgpu'

/** The engine that really runs. */
export interface BackendReport {
  readonly name: BackendName
  /** Versions of what computes, by npm package, or `tensorflow` for the library itself. */
  readonly versions: Readonly<Record<string, string>>
  /** Why this one: asked for, or chosen and why. */
  readonly reason: string
  /** What it computes on: `WebAssembly SIMD, 1 thread`. */
  readonly devices: readonly string[]
}

/** One engine. */
export interface TrainingBackend {
  readonly name: BackendName
  /**
   * Makes it the engine that models run on. Again is harmless.
   *
   * @throws TrainingError `BACKEND_UNAVAILABLE` with the reason
   */
  load(): Promise<Omit<BackendReport, 'reason'>>
}
