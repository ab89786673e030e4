#!/usr/bin/env node
// Plain JavaScript that every Node can read: an old one gets a sentence instead of a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`error NODE_TOO_OLD: expected Node.js 22.12 or newer, got ${process.versions.node}`)
  process.exitCode = 78
} else {
  const { main } = await import('../dist/main.js')
  process.exitCode = await main(process.argv.slice(2))
}
