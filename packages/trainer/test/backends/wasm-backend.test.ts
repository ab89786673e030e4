import { testBackend } from './backend-contract.ts'

await testBackend('wasm')
