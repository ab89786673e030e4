/** Reading files and evidence out of an AIBoM: names, sizes, digests. @module */

import { ParseError, parseArtifactName, parseSha256Hex } from '@aibomgen/core'

import { BOM_REFS } from '../bom-ref.ts'
import { nameOf } from '../components/evidence.ts'
import { PROPERTY_NAMES } from '../property-names.ts'
import type { EvidenceFile, InputArtifact, ModelArtifact } from '../training-facts.ts'
import type { AibomShape, ComponentShape } from './aibom-shape.ts'
import { contradiction, exactlyOne } from './claim-problems.ts'
import { readCount, readProperty } from './properties.ts'

/** The components of a document by bom-ref: those listed, the trained model, and its ancestors. */
export type ComponentIndex = ReadonlyMap<string, ComponentShape>

/**
 * The components of a document. What it is about must be the trained model, and that model's one ancestor the submitted
 * model: a digest elsewhere would be compared, and these believed.
 *
 * @throws ParseError `DOCUMENT_INVALID`, also for two components with one bom-ref
 */
export function indexComponents({ metadata: { component }, components }: AibomShape): ComponentIndex {
  const ancestor = exactlyOne(component.pedigree.ancestors, '/metadata/component/pedigree/ancestors')
  assertRef(component, BOM_REFS.outputs.trainedModel, '/metadata/component')
  assertRef(ancestor, BOM_REFS.inputs.model, '/metadata/component/pedigree/ancestors/0')
  const index = new Map<string, ComponentShape>()
  for (const entry of [component, ancestor, ...components]) {
    const ref = entry['bom-ref']
    if (ref === undefined) continue
    if (index.has(ref)) throw contradiction(`component ${ref}`, 'exactly one', 'several')
    index.set(ref, entry)
  }
  return index
}

/** The file that the component at `ref` stands for. */
export function readArtifact(components: ComponentIndex, ref: string): InputArtifact & ModelArtifact {
  const component = components.get(ref)
  if (component === undefined) throw contradiction(`component ${ref}`, 'exactly one', 'none')
  const isNamed = component.properties.some(({ name }) => name === PROPERTY_NAMES.submittedName)
  const sha512 = readHash(component.hashes, 'SHA-512', ref)
  return {
    name: parseArtifactName(readProperty(component, PROPERTY_NAMES.artifactName)),
    sha256: requireSha256(component.hashes, ref),
    sizeBytes: readCount(readProperty(component, PROPERTY_NAMES.artifactSizeBytes)),
    ...(isNamed ? { submittedName: readProperty(component, PROPERTY_NAMES.submittedName) } : {}),
    ...(sha512 === undefined ? {} : { sha512 }),
  }
}

/**
 * The files of evidence that the document refers to with this comment, in its order.
 *
 * @throws ParseError `DOCUMENT_INVALID`
 */
export function readEvidence({ externalReferences }: AibomShape, comment: string): readonly EvidenceFile[] {
  return externalReferences
    .filter((reference) => reference.comment === comment)
    .map(({ url, hashes }) => ({ name: readName(url), sha256: requireSha256(hashes, url) }))
}

function assertRef(component: ComponentShape, ref: string, path: string): void {
  const actual = component['bom-ref']
  if (actual !== ref) throw contradiction(`${path}/bom-ref`, ref, actual ?? 'nothing')
}

function readName(url: string): string {
  try {
    return nameOf(url)
  } catch (cause) {
    const problem = { path: '/externalReferences', expected: 'a file name as a relative URL', got: url }
    throw new ParseError(
      'DOCUMENT_INVALID',
      `AIBoM: expected a file name as a relative URL, got ${JSON.stringify(url)}`,
      { document: 'AIBoM', problems: [problem] },
      { cause },
    )
  }
}

function requireSha256(hashes: ComponentShape['hashes'], owner: string): EvidenceFile['sha256'] {
  const content = readHash(hashes, 'SHA-256', owner)
  if (content === undefined) throw contradiction(`hashes of ${owner}`, 'a SHA-256', 'none')
  return parseSha256Hex(content)
}

function readHash(hashes: ComponentShape['hashes'], algorithm: string, owner: string): string | undefined {
  const [hash, ...others] = hashes.filter(({ alg }) => alg === algorithm)
  if (others.length > 0) throw contradiction(`hashes of ${owner}`, `one ${algorithm}`, 'several')
  return hash?.content
}
