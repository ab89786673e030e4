/** The program that compares two models, `inputs/released inputs/reproduced`: holds no key, exits with 0 or 1. @module */

import { readFile } from 'node:fs/promises'

import { compareWeights } from '../keras/compare-weights.ts'

const [released, reproduced] = process.argv.slice(2)
if (released === undefined || reproduced === undefined) throw new TypeError('expected the paths of two models')

const difference = await compareWeights(await readFile(released), await readFile(reproduced))
process.send?.(difference, () => process.disconnect())
