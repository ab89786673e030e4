/** An integrator trains elsewhere, then builds and signs an AIBoM for the model; whoever receives it verifies it. */
import { randomBytes } from 'node:crypto'

import { createEd25519Signer, parseTimestamp, sha256Hex, utf8Encode, type ArtifactDescriptor } from '@aibomgen/core'
import { buildAibom, readAibomClaims, signAibom, verifyBomSignature, verifyDetachedSignature } from '@aibomgen/bom'
import type { Observed, TrainingFacts } from '@aibomgen/bom'

// Stand-ins for files: a pipeline of your own hashes its real ones, before and after training.
const describe = (name: string): ArtifactDescriptor => {
  const bytes = utf8Encode(`the bytes of ${name}`)
  return { name, sha256: sha256Hex(bytes), sizeBytes: bytes.length }
}
const notObserved: Observed<never> = { status: 'unavailable', reason: 'not looked at in this example' }

const facts: TrainingFacts = {
  jobId: 'nightly-2026-11-22',
  submittedAt: parseTimestamp('2026-11-22T02:00:00Z'),
  startedAt: parseTimestamp('2026-11-22T02:00:10Z'),
  endedAt: parseTimestamp('2026-11-22T02:31:00Z'),
  timestamp: parseTimestamp('2026-11-22T02:31:05Z'),
  manufacturer: { name: 'Example Laboratory', url: 'https://example.com/' },
  toolVersion: '1.0.0',
  parameters: { epochs: 20, batch_size: 32, validation_split: 0.2, seed: 42 },
  metadata: { model_name: 'churn', model_version: '3.1', license_name: 'Apache-2.0', intended_use: 'marketing' },
  inputs: {
    job: describe('inputs/job.json'),
    model: { ...describe('inputs/model'), submittedName: 'churn-untrained.keras' },
    dataset: { ...describe('inputs/dataset'), submittedName: 'customers.csv' },
    definition: { ...describe('inputs/definition'), submittedName: 'customers.yaml' },
  },
  outputs: {
    trainedModel: describe('outputs/churn.keras'),
    metrics: describe('outputs/metrics.json'),
    modelSummary: describe('outputs/model-summary.json'),
    preprocessing: describe('outputs/preprocessing.json'),
    datasetManifest: describe('outputs/dataset-manifest.json'),
  },
  byproducts: { logs: describe('logs.txt'), environment: describe('environment.json') },
  model: {
    name: 'churn',
    family: 'Sequential',
    layers: [{ name: 'dense', className: 'Dense', outputShape: [null, 1], parameters: 9, trainable: true }],
    parameters: { total: 9, trainable: 9, nonTrainable: 0 },
    inputs: [{ name: 'customers', shape: [null, 8], dtype: 'float32' }],
    outputs: [{ name: 'dense', shape: [null, 1], dtype: 'float32' }],
    optimizer: { name: 'Adam', config: { learning_rate: 0.001 } },
    loss: 'binary_crossentropy',
    metrics: ['accuracy'],
  },
  history: { loss: [0.69, 0.31], val_loss: [0.7, 0.35] },
  dataset: { type: 'csv', rows: 1000, trainRows: 800, validationRows: 200 },
  definition: { type: 'csv', label: 'churned' },
  environment: {
    operatingSystem: notObserved,
    node: { status: 'absent' },
    cpu: notObserved,
    memory: notObserved,
    disk: notObserved,
    gpus: { status: 'observed', value: [] },
    container: { status: 'absent' },
    trainer: notObserved,
    packages: {
      status: 'observed',
      value: [{ name: 'keras', version: '3.12.0', purl: 'pkg:pypi/keras@3.12.0', integrity: notObserved }],
    },
    backend: { status: 'observed', value: { name: 'tensorflow', versions: { keras: '3.12.0' }, devices: ['CPU:0'] } },
    isolation: { name: 'none', keys: 'reachable', resources: {} },
    keySeparation: 'single-host',
  },
  evidence: {
    submitInputs: describe('submit_inputs.0a1b2c3d.link'),
    runTraining: [describe('run_training.4e5f6a7b.link')],
    layout: describe('layout.json'),
  },
  command: ['python', 'train.py'],
  vulnerabilities: { state: 'not scanned' },
  withheld: [],
}

const signer = await createEd25519Signer(randomBytes(32))
const aibom = await signAibom(buildAibom(facts, { specVersion: '1.6' }), signer)
console.log(`signed: ${aibom.bytes.length} bytes, by ${signer.publicKey.keyid.slice(0, 16)}`)

// The receiver holds the public key already: nothing in the document could tell them whom to believe.
const trusted = [signer.publicKey]
await verifyDetachedSignature(aibom.bytes, aibom.signature, trusted)
const claims = readAibomClaims(await verifyBomSignature(aibom.bytes, trusted))
console.log(`verified: ${claims.outputs.trainedModel.name} has SHA-256 ${claims.outputs.trainedModel.sha256}`)
console.log(`trained with ${JSON.stringify(claims.parameters)}`)
