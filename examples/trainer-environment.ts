/** What environment capture sees of this machine: the part of the evidence that says where a model was trained. */
import { captureEnvironment, createMachineProbes, type Observed } from '@aibomgen/trainer/environment'

const machine = await captureEnvironment(await createMachineProbes('.'), { timeoutSeconds: 20 })

for (const [what, seen] of Object.entries<Observed<unknown>>({ ...machine })) {
  const answer = seen.status === 'observed' ? JSON.stringify(seen.value).slice(0, 100) : JSON.stringify(seen)
  console.log(`${what}: ${answer}`)
}
