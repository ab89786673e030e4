import type { Options } from 'tsup'

/** What every package's build has in common: ESM with types, nothing bundled that is not ours. */
export function packageBuild(entry: Record<string, string>, options: Options = {}): Options {
  return {
    entry,
    format: ['esm'],
    target: 'node22',
    platform: 'neutral',
    tsconfig: './tsconfig.json',
    dts: true,
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: true,
    external: [/^#/, /^@aibomgen\//],
    ...options,
  }
}
