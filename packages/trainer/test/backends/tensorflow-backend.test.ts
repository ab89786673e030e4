import { testBackend } from './backend-contract.ts'

await testBackend('node')
await testBackend('node-gpu')
