/**
 * `npm run quickstart`: installs and builds, trains the wine model, verifies its release, and shows that one changed byte
 * is found. Arguments go to `aibomgen train` (`-- --seed 7`). Runs on Node 20; what it starts runs on the repository's.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { environment, root, setUp } from './setup.mjs'

const directory = 'quickstart'
const release = join(directory, 'release')
const tampered = join(directory, 'tampered')
const model = join('outputs', 'trained_model.keras')
const example = join('packages', 'cli', 'examples', 'wine')

setUp()
for (const old of [release, tampered]) rmSync(join(root, old), { recursive: true, force: true })

say('Train a small classifier on 178 wines')
expectExit(
  0,
  aibomgen(
    'train',
    ...['--model', join(example, 'model.keras')],
    ...['--dataset', join(example, 'dataset.csv')],
    ...['--definition', join(example, 'definition.yaml')],
    ...['--epochs', '20', '--model-name', 'wine', '--out', release],
    ...process.argv.slice(2),
  ),
)

say('What its AI Bill of Materials says')
expectExit(0, aibomgen('bom', 'show', join(release, 'aibom.json')))

say('Verify the release, offline')
expectExit(0, aibomgen('verify', release))

say('Change one byte of a copy of the model, and verify again')
cpSync(join(root, release), join(root, tampered), { recursive: true })
flipByte(join(root, tampered, model))
expectExit(1, aibomgen('verify', tampered))

say(`Found. The release is in ${release}, keys and trust root are in ${join(directory, 'home')}.`)
console.log(`Next: AIBOMGEN_HOME=${join(directory, 'home')} npx aibomgen verify ${release}`)

function aibomgen(...args) {
  console.log(`$ aibomgen ${args.join(' ')}`)
  const { status, error } = spawnSync('node', [join('packages', 'cli', 'bin', 'aibomgen.js'), ...args], {
    cwd: root,
    env: { ...environment, AIBOMGEN_HOME: join(root, directory, 'home') },
    stdio: 'inherit',
  })
  if (error !== undefined) console.error(error.message)
  return status
}

function flipByte(path) {
  const bytes = readFileSync(path)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] ^= 1
  writeFileSync(path, bytes)
}

function expectExit(expected, status) {
  if (status === expected) return
  console.error(`expected exit code ${expected}, got ${status}`)
  process.exit(1)
}

function say(what) {
  console.log(`\n== ${what}`)
}
