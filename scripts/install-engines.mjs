/**
 * `npm run engines`: puts the optional training engines beside the others, for their tests and benchmarks. They stand in
 * no lock file: tfjs-node downloads a library when npm installs it, which must not decide whether a clone can be set up.
 * Where that download is not to be had, it is built against the TensorFlow library of a Python that has one.
 * Each that cannot be had is named, with the reason; the next `npm ci` takes all of them away again.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

import { environment, installPackages, root } from './setup.mjs'

const TFJS_NODE = '@tensorflow/tfjs-node@4.22.0'
const WEBGPU = ['webgpu@0.6.2', '@tensorflow/tfjs-backend-webgpu@4.22.0']
const tfjsNode = join(root, 'node_modules', '@tensorflow', 'tfjs-node')

installPackages()
attempt('tfjs-node and webgpu', () => {
  run('npm', [
    'install',
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    TFJS_NODE,
    ...WEBGPU,
  ])
})
attempt('the native part of tfjs-node', () => {
  if (loads()) return
  layTensorflow(findTensorflow())
  run(join(root, 'node_modules', '.bin', 'node-pre-gyp'), ['install', '--build-from-source'], {
    cwd: tfjsNode,
    env: { ...process.env, npm_config_nodedir: process.env.npm_config_nodedir ?? '/usr' },
  })
  if (!loads()) throw new Error('it was built and does not load')
})

function attempt(what, install) {
  try {
    install()
    console.log(`installed: ${what}`)
  } catch (error) {
    console.error(`not installed: ${what}: ${error.message}`)
    process.exitCode = 1
  }
}

function loads() {
  const program = 'require("util").isNullOrUndefined ??= (v) => v == null; require("@tensorflow/tfjs-node")'
  return spawnSync('node', ['-e', program], { cwd: root, env: environment, stdio: 'ignore' }).status === 0
}

/** The directory of a Python's TensorFlow. */
function findTensorflow() {
  const program = 'import importlib.util as u; print(u.find_spec("tensorflow").submodule_search_locations[0])'
  for (const python of [
    process.env.AIBOMGEN_TEST_PYTHON,
    join(homedir(), '.cache/aibomgen-keras/bin/python'),
    'python3',
  ]) {
    if (python === undefined) continue
    const { status, stdout } = spawnSync(python, ['-c', program], { encoding: 'utf8' })
    if (status === 0 && existsSync(stdout.trim())) return stdout.trim()
  }
  throw new Error('no Python here has tensorflow, whose library it could be built against')
}

/** The library and its headers, where the binding's build looks for them. Copied: a confined training sees no Python. */
function layTensorflow(tensorflow) {
  const libraries = join(tfjsNode, 'deps', 'lib')
  rmSync(join(tfjsNode, 'deps'), { recursive: true, force: true })
  mkdirSync(libraries, { recursive: true })
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
    cpSync(join(tensorflow, name), join(libraries, name))
  }
  symlinkSync('libtensorflow_cc.so.2', join(libraries, 'libtensorflow.so'))
  symlinkSync('libtensorflow_cc.so.2', join(libraries, 'libtensorflow.so.2'))
  symlinkSync('libtensorflow_framework.so.2', join(libraries, 'libtensorflow_framework.so'))
  symlinkSync(join(tensorflow, 'include'), join(tfjsNode, 'deps', 'include'))
}

function run(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], ...options })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} failed with exit code ${status}`)
}
