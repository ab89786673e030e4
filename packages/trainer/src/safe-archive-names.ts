/** Names inside archives: which are taken, and when two of them are one. @module */

/** Why an archive's name is refused; nothing for a name that is taken. `/` alone divides it, at its end for a directory. */
export function refuseEntryName(name: string, maxDepth: number): string | undefined {
  if (name === '') return 'an empty name'
  if (/\p{Cc}/u.test(name)) return 'a control character in its name'
  if (name.includes('\\')) return 'a backslash in its name'
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return 'an absolute path for a name'
  const segments = (name.endsWith('/') ? name.slice(0, -1) : name).split('/')
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    return 'a path for a name that is not plain (empty, "." or "..")'
  }
  if (segments.length > maxDepth) return `a path of ${segments.length} parts for a name, ${maxDepth} are taken`
  return undefined
}

/** What two names share that are one on some file system: letters by case and by composition. */
export function foldName(name: string): string {
  // Up and down again: `ß`, `ẞ` and `ss` meet, as do the two small sigmas.
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC')
}
