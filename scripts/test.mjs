/** `npm test`: sets up, runs every test, and closes with one line of sums. Arguments go to vitest. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { root, run, setUp } from './setup.mjs'

const results = join(root, '.test-results')
const portableConfig = 'packages/core/vitest.portable.config.ts'

const runs = [trySetUp()]
rmSync(results, { recursive: true, force: true })
mkdirSync(results)

runs.push(runTests('all', process.argv.slice(2)))
// Core once more, with the implementations that browsers get.
if (existsSync(join(root, portableConfig))) runs.push(runTests('portable', ['--config', portableConfig]))

const sum = (count) => runs.reduce((total, one) => total + one[count], 0)
const line = `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`
writeFileSync(join(results, 'sums.txt'), `${line}\n`)
console.log(line)
process.exitCode = sum('failed') === 0 ? 0 : 1

/** A set-up that fails counts as one failure; what needs no build can still be tested. */
function trySetUp() {
  try {
    setUp()
    return { passed: 0, failed: 0, skipped: 0 }
  } catch (error) {
    console.error(error.message)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

function runTests(name, args) {
  const file = join(results, `${name}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const status = run('vitest', ['run', ...reporters, ...args])
  return countTests(file, status)
}

/** A file that could not be loaded, and a run that failed without a failing test, count as one failure each. */
function countTests(file, status) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const unloaded = report.testResults.filter((one) => one.status === 'failed' && one.assertionResults.length === 0)
  const failed = report.numFailedTests + unloaded.length
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
