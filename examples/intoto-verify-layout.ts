/** Two steps, two functionaries, one layout: signed, verified, and refused once something is smuggled in. */

import { createEd25519Signer, parseTimestamp, sha256Hex, utf8Encode, VerificationError } from '@aibomgen/core'
import { createLayout, createLink, linkFileName, signMetablock, verifyLayout } from '@aibomgen/intoto'

// Seeds of your own come from a good random source, and stay apart: these are for reading along.
const owner = await createEd25519Signer(new Uint8Array(32).fill(1))
const writer = await createEd25519Signer(new Uint8Array(32).fill(2))
const builder = await createEd25519Signer(new Uint8Array(32).fill(3))

const layout = createLayout({
  expires: parseTimestamp('2036-01-01T00:00:00Z'),
  steps: [
    {
      name: 'write',
      functionaries: [writer.publicKey],
      expectedMaterials: [['DISALLOW', '*']],
      expectedProducts: [
        ['CREATE', 'main.c'],
        ['DISALLOW', '*'],
      ],
    },
    {
      name: 'build',
      functionaries: [builder.publicKey],
      expectedCommand: ['cc', 'main.c'],
      expectedMaterials: [
        ['REQUIRE', 'main.c'],
        ['MATCH', '*', 'WITH', 'PRODUCTS', 'FROM', 'write'],
        ['DISALLOW', '*'],
      ],
      expectedProducts: [
        ['CREATE', 'a.out'],
        ['DISALLOW', '*'],
      ],
    },
  ],
})

const artifact = (name: string, content: string) => ({ name, sha256: sha256Hex(utf8Encode(content)) })
const source = artifact('main.c', 'int main(void) { return 0; }')
const written = createLink({ name: 'write', products: [source] })
const built = createLink({
  name: 'build',
  command: ['cc', 'main.c'],
  materials: [source],
  products: [artifact('a.out', 'the program')],
  byproducts: { 'return-value': 0 },
})

const buildFile = linkFileName('build', builder.publicKey.keyid)
const links = new Map([
  [linkFileName('write', writer.publicKey.keyid), await signMetablock(written, [writer])],
  [buildFile, await signMetablock(built, [builder])],
])
const chain = { layout: await signMetablock(layout, [owner], { legacyKeyids: true }), links }
const policy = { ownerKeys: [owner.publicKey], at: parseTimestamp('2026-06-01T00:00:00Z') }

const verified = await verifyLayout(chain, policy)
console.log(`verified: ${[...verified.links.keys()].join(', ')}`)

// The builder, with the right key, says that it built something else as well.
const smuggled = createLink({
  name: 'build',
  command: ['cc', 'main.c'],
  materials: [source],
  products: [artifact('a.out', 'the program'), artifact('evil.sh', 'rm -rf /')],
})
links.set(buildFile, await signMetablock(smuggled, [builder]))
try {
  await verifyLayout(chain, policy)
  process.exitCode = 1
} catch (error) {
  if (!(error instanceof VerificationError)) throw error
  console.log(`refused: ${error.code}: ${error.message}`)
}
