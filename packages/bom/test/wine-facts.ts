/** The facts of one wine run, for tests. @module */

import { parseTimestamp, sha256Hex, sha512Hex, utf8Encode, type Sha256Hex } from '@aibomgen/core'

import type { TrainingFacts } from '../src/training-facts.ts'

/** The digest of a file that holds only its own name. */
export function digestOf(name: string): Sha256Hex {
  return sha256Hex(utf8Encode(name))
}

function file(name: string): { name: string; sha256: Sha256Hex; sizeBytes: number } {
  return { name, sha256: digestOf(name), sizeBytes: name.length }
}

/** A whole run: everything observed that can be, in the middle of things as they come. */
export const WINE_FACTS: TrainingFacts = {
  jobId: '0b9e5d0e-6a3f-4f7e-9d5c-0d6f6b1c2a3e',
  submittedAt: parseTimestamp('2026-11-22T10:00:00Z'),
  startedAt: parseTimestamp('2026-11-22T10:00:05Z'),
  endedAt: parseTimestamp('2026-11-22T10:01:05Z'),
  timestamp: parseTimestamp('2026-11-22T10:01:06Z'),
  manufacturer: { name: 'Example Laboratory', url: 'https://example.com/' },
  toolVersion: '0.1.0',
  parameters: {
    epochs: 50,
    validation_split: 0.2,
    initial_epoch: 0,
    batch_size: 16,
    shuffle: false,
    seed: 42,
    backend: 'wasm',
  },
  metadata: {
    model_name: 'wine classifier',
    model_version: '1.0',
    model_description: 'Tells three cultivars apart',
    author: 'Ada',
    model_type: 'classifier',
    base_model: 'wine-mlp',
    base_model_source: 'https://example.com/models/wine-mlp',
    intended_use: 'teaching',
    out_of_scope: 'selling wine',
    misuse_or_malicious: 'passing off wine as another',
    license_name: 'apache-2.0',
    framework: 'TensorFlow.js',
  },
  inputs: {
    job: file('inputs/job.json'),
    model: { ...file('inputs/model'), submittedName: 'wine.keras' },
    dataset: { ...file('inputs/dataset'), submittedName: 'wine "2026".csv' },
    definition: { ...file('inputs/definition'), submittedName: 'wine.yaml' },
  },
  outputs: {
    trainedModel: {
      ...file('outputs/trained_model.keras'),
      sha512: sha512Hex(utf8Encode('outputs/trained_model.keras')),
    },
    metrics: file('outputs/metrics.json'),
    modelSummary: file('outputs/model-summary.json'),
    preprocessing: file('outputs/preprocessing.json'),
    datasetManifest: file('outputs/dataset-manifest.json'),
  },
  byproducts: { logs: file('logs.txt'), environment: file('environment.json') },
  model: {
    name: 'sequential',
    family: 'Sequential',
    layers: [
      { name: 'dense', className: 'Dense', outputShape: [null, 16], parameters: 224, trainable: true },
      { name: 'dense_1', className: 'Dense', outputShape: [null, 3], parameters: 51, trainable: true },
    ],
    parameters: { total: 275, trainable: 275, nonTrainable: 0 },
    inputs: [{ name: 'input', shape: [null, 13], dtype: 'float32' }],
    outputs: [{ name: 'dense_1', shape: [null, 3], dtype: 'float32' }],
    optimizer: { name: 'Adam', config: { learning_rate: 0.001 } },
    loss: 'sparse_categorical_crossentropy',
    metrics: ['accuracy'],
  },
  history: { loss: [1.1, 0.25], val_loss: [1.2, 0.3], accuracy: [0.4, 1], val_accuracy: [0.3, 0.97] },
  dataset: {
    type: 'csv',
    rows: 178,
    trainRows: 142,
    validationRows: 36,
    columns: [
      {
        name: 'alcohol',
        type: 'float',
        role: 'feature',
        missing: 0,
        statistics: { min: 11, max: 14.8, mean: 13, std: 0.8 },
      },
      { name: 'label', type: 'int', role: 'label', missing: 0 },
    ],
    classes: [
      { value: 0, rows: 59 },
      { value: 1, rows: 71 },
      { value: 2, rows: 48 },
    ],
  },
  definition: { type: 'csv', columns: { alcohol: 'float', label: 'int' }, label: 'label' },
  environment: {
    operatingSystem: {
      status: 'observed',
      value: {
        name: { status: 'observed', value: 'Debian GNU/Linux 12 (bookworm)' },
        platform: 'linux',
        kernel: '6.1.0',
      },
    },
    node: { status: 'observed', value: '24.21.0' },
    cpu: {
      status: 'observed',
      value: {
        model: { status: 'unavailable', reason: 'the kernel does not say' },
        architecture: 'x64',
        logicalCores: 2,
        instructionSets: { status: 'observed', value: ['avx2', 'fma'] },
      },
    },
    memory: { status: 'observed', value: { totalBytes: 8e9, limitBytes: { status: 'absent' } } },
    disk: { status: 'observed', value: { totalBytes: 1e11, availableBytes: 0 } },
    gpus: {
      status: 'observed',
      value: [
        {
          name: 'NVIDIA H200',
          memoryBytes: { status: 'observed', value: 150e9 },
          driver: { status: 'observed', value: '570.1' },
          cuda: { status: 'absent' },
        },
      ],
    },
    container: {
      status: 'observed',
      value: {
        engine: { status: 'absent' },
        imageDigest: { status: 'observed', value: `sha256:${digestOf('image')}` },
      },
    },
    trainer: {
      status: 'observed',
      value: {
        name: '@aibomgen/trainer',
        version: '0.1.0',
        checkout: { status: 'observed', value: { commit: '0'.repeat(40), modified: false } },
      },
    },
    packages: {
      status: 'observed',
      value: [
        {
          name: 'zod',
          version: '4.6.7',
          purl: 'pkg:npm/zod@4.6.7',
          integrity: { status: 'unavailable', reason: 'no lock file' },
        },
        {
          name: '@tensorflow/tfjs',
          version: '4.22.0',
          purl: 'pkg:npm/%40tensorflow/tfjs@4.22.0',
          integrity: { status: 'observed', value: `sha512-${'A'.repeat(86)}==` },
        },
      ],
    },
    backend: { status: 'observed', value: { name: 'wasm', versions: { '@tensorflow/tfjs': '4.22.0' }, devices: [] } },
    isolation: {
      name: 'process',
      keys: 'reachable',
      resources: {
        network: { status: 'not-enforced', reason: 'no namespace' },
        memory: { status: 'enforced', by: 'rlimits' },
      },
    },
    keySeparation: 'single-host',
  },
  evidence: {
    submitInputs: { name: 'submit_inputs.0a1b2c3d.link', sha256: digestOf('submit') },
    runTraining: [
      { name: 'run_training.ffffffff.link', sha256: digestOf('second worker') },
      { name: 'run_training.00000000.link', sha256: digestOf('first worker') },
    ],
    layout: { name: 'layout.json', sha256: digestOf('layout') },
  },
  command: ['node', '@aibomgen/trainer/child', 'inputs/job.json', 'outputs'],
  vulnerabilities: { state: 'not scanned' },
  withheld: [],
}
