import { existsSync } from 'node:fs'

import { testBackend } from './backend-contract.ts'

// Chromium brings a Vulkan driver that computes on the processor: right, if slow.
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (process.env.VK_ICD_FILENAMES === undefined && existsSync(SWIFTSHADER)) process.env.VK_ICD_FILENAMES = SWIFTSHADER

await testBackend('webgpu')
