/** Validates the BOM that the argument names with CycloneDX's own library, schema compiled; prints the seconds. */

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

/** What is used of `@cyclonedx/cyclonedx-library`. */
interface CycloneDxLibrary {
  readonly Spec: { readonly Version: { readonly v1dot6: string } }
  readonly Validation: { readonly JsonStrictValidator: new (version: string) => Validator }
}

interface Validator {
  /** What is wrong first, or null. */
  validate(text: string): Promise<object | null>
}

const [path] = process.argv.slice(2)
if (path === undefined) throw new Error('expected a BOM')
// The library is a dependency of the bom package and of nobody else.
const require = createRequire(new URL('../../packages/bom/package.json', import.meta.url))
const { Spec, Validation } = require('@cyclonedx/cyclonedx-library') as CycloneDxLibrary

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6)
await validator.validate('{"bomFormat":"CycloneDX","specVersion":"1.6"}')
const text = await readFile(path, 'utf8')
const start = performance.now()
const problem = await validator.validate(text)
const seconds = (performance.now() - start) / 1000
if (problem !== null) throw new Error('expected a valid BOM', { cause: problem })
console.log(seconds)
