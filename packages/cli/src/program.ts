/** The program and its commands: each is loaded when it is asked for, so that the others cost nothing. @module */

import { Command } from 'commander'

import { quiet, type CommandContext } from './command.ts'

interface CommandEntry {
  readonly summary: string
  readonly load: () => Promise<(context: CommandContext) => Command>
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  init: {
    summary: 'make keys, layout and trust root in AIBOMGEN_HOME',
    load: async () => (await import('./commands/init.ts')).createInitCommand,
  },
  example: {
    summary: 'copy a model, a data set and a definition to start from',
    load: async () => (await import('./commands/example.ts')).createExampleCommand,
  },
  train: {
    summary: 'train a model and write a release with signed evidence',
    load: async () => (await import('./commands/train.ts')).createTrainCommand,
  },
  verify: {
    summary: 'verify a release directory or an evidence bundle, offline',
    load: async () => (await import('./commands/verify.ts')).createVerifyCommand,
  },
  'verify-file': {
    summary: 'verify that a file is an artifact of a release, whatever it is called',
    load: async () => (await import('./commands/verify-file.ts')).createVerifyFileCommand,
  },
  dataset: {
    summary: 'prove, and check, that a file or a row was in the data set of a release',
    load: async () => (await import('./commands/dataset.ts')).createDatasetCommand,
  },
  reproduce: {
    summary: 'train a release again from its own inputs, and say what came out',
    load: async () => (await import('./commands/reproduce.ts')).createReproduceCommand,
  },
  serve: {
    summary: 'run the platform: HTTP API, queue, worker and issuer in one process',
    load: async () => (await import('./commands/serve.ts')).createServeCommand,
  },
  worker: {
    summary: 'train jobs for a server, on any host',
    load: async () => (await import('./commands/work.ts')).createWorkerCommand,
  },
  issuer: {
    summary: 'verify and publish what workers trained, as a process of its own',
    load: async () => (await import('./commands/work.ts')).createIssuerCommand,
  },
  submit: {
    summary: 'submit a training job to a server',
    load: async () => (await import('./commands/submit.ts')).createSubmitCommand,
  },
  status: {
    summary: 'say where a job on a server stands',
    load: async () => (await import('./commands/remote-job.ts')).createStatusCommand,
  },
  artifacts: {
    summary: 'list what a job on a server made',
    load: async () => (await import('./commands/remote-job.ts')).createArtifactsCommand,
  },
  download: {
    summary: 'fetch the release of a job from a server, or its evidence alone',
    load: async () => (await import('./commands/download.ts')).createDownloadCommand,
  },
  cancel: {
    summary: 'ask a server for the end of a job',
    load: async () => (await import('./commands/remote-job.ts')).createCancelCommand,
  },
  gc: {
    summary: 'take away what no job holds any more, and count it',
    load: async () => (await import('./commands/gc.ts')).createGcCommand,
  },
  tokens: {
    summary: 'make, list and revoke API tokens of a server',
    load: async () => (await import('./commands/tokens.ts')).createTokensCommand,
  },
  audit: {
    summary: 'export and verify the audit log of a server',
    load: async () => (await import('./commands/audit.ts')).createAuditCommand,
  },
  scan: {
    summary: 'scan the environment that trainings run in for vulnerabilities',
    load: async () => (await import('./commands/scan.ts')).createScanCommand,
  },
  env: {
    summary: 'show what environment capture sees on this machine',
    load: async () => (await import('./commands/env.ts')).createEnvCommand,
  },
  keys: {
    summary: 'list, rotate and export keys',
    load: async () => (await import('./commands/keys.ts')).createKeysCommand,
  },
  trust: {
    summary: 'show and change who may say what',
    load: async () => (await import('./commands/trust.ts')).createTrustCommand,
  },
  bom: {
    summary: 'show, validate, lint and verify AI Bills of Materials',
    load: async () => (await import('./commands/bom.ts')).createBomCommand,
  },
}

/** The program for `argv` (without node and script): all commands by name, and the one asked for in full. */
export async function createProgram(argv: readonly string[], context: CommandContext): Promise<Command> {
  const program = quiet(new Command('aibomgen'))
    .description('Train AI models in a trusted place, and verify where a model came from.')
    .addHelpText('after', '\nExample:\n  $ aibomgen example wine wine\n  $ aibomgen train --help')
  const [first, second] = argv.filter((argument) => !argument.startsWith('-'))
  const wanted = first === 'help' ? second : first
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    if (name === wanted) program.addCommand((await load())(context).description(summary))
    else program.command(name).description(summary)
  }
  return program.version(argv.includes('--version') ? await loadVersion() : '', '--version', 'print the version')
}

/** Read when it is asked for: what it takes to parse a file is more than the help needs. */
async function loadVersion(): Promise<string> {
  const { readVersion } = await import('./package-files.ts')
  return readVersion()
}
