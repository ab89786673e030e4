/** The artifact rule engine: what a layout's rules make of the artifacts that links report. @module */

import { VerificationError } from '@aibomgen/core'

import { sameDigests, type ArtifactMap } from './artifact-map.ts'
import { serializeArtifactRule, type ArtifactRule, type ArtifactType, type MatchRule } from './artifact-rule.ts'
import { compileGlob } from './glob.ts'

/** What a step reports: the part of a link that rules look at. */
export interface ReportedArtifacts {
  readonly materials: ArtifactMap
  readonly products: ArtifactMap
}

/**
 * The names that no rule consumed, after every rule was applied in order to one side of one step.
 *
 * Each side starts with all its names in a queue. MATCH, ALLOW, CREATE, DELETE and MODIFY take names out of it, DISALLOW
 * fails on what is still there, REQUIRE fails on what is there no more. A MATCH with a step that reported nothing
 * consumes nothing.
 *
 * @param links - what each step reported, by step name
 * @throws VerificationError `RULE_VIOLATED`, naming the artifacts; `LINK_MISSING` when the step itself reported nothing
 * @see in-toto specification 1.0, section 4.3.3
 */
export function applyRules(
  rules: readonly ArtifactRule[],
  item: { readonly step: string; readonly type: ArtifactType },
  links: ReadonlyMap<string, ReportedArtifacts>,
): readonly string[] {
  const reported = links.get(item.step)
  if (reported === undefined) {
    const detail = { step: item.step, required: 1, found: 0 }
    throw new VerificationError('LINK_MISSING', `step "${item.step}": expected a link, got none`, detail)
  }
  const queue = new Set(reported[item.type].keys())
  for (const rule of rules) {
    switch (rule.kind) {
      case 'require':
        if (!queue.has(rule.pattern)) throw violated(item, rule, [rule.pattern])
        break
      case 'disallow': {
        const found = select(queue, rule.pattern)
        if (found.length > 0) throw violated(item, rule, found)
        break
      }
      default:
        for (const name of consumedBy(rule, queue, item.type, reported, links)) queue.delete(name)
    }
  }
  return [...queue]
}

function consumedBy(
  rule: ArtifactRule,
  queue: ReadonlySet<string>,
  type: ArtifactType,
  reported: ReportedArtifacts,
  links: ReadonlyMap<string, ReportedArtifacts>,
): readonly string[] {
  const { materials, products } = reported
  if (rule.kind === 'match') return matched(rule, queue, reported[type], links)
  const names = select(queue, rule.pattern)
  switch (rule.kind) {
    case 'create':
      return names.filter((name) => !materials.has(name))
    case 'delete':
      return names.filter((name) => !products.has(name))
    case 'modify':
      return names.filter((name) => {
        const before = materials.get(name)
        const after = products.get(name)
        return before !== undefined && after !== undefined && !sameDigests(before, after)
      })
    default:
      return names
  }
}

function matched(
  rule: MatchRule,
  queue: ReadonlySet<string>,
  source: ArtifactMap,
  links: ReadonlyMap<string, ReportedArtifacts>,
): readonly string[] {
  const destination = links.get(rule.destinationStep)?.[rule.destinationType]
  if (destination === undefined) return []
  const sourceFolder = toFolder(rule.sourcePrefix)
  const destinationFolder = toFolder(rule.destinationPrefix)
  const isSame = (name: string): boolean => {
    const ours = source.get(name)
    const theirs = destination.get(destinationFolder + name.slice(sourceFolder.length))
    return ours !== undefined && theirs !== undefined && sameDigests(ours, theirs)
  }
  return select(queue, rule.pattern, sourceFolder).filter(isSame)
}

/** The queued names that lie in `folder` and whose rest matches `pattern`. */
function select(queue: ReadonlySet<string>, pattern: string, folder = ''): string[] {
  const glob = compileGlob(pattern)
  if (glob.literal !== undefined) return queue.has(folder + glob.literal) ? [folder + glob.literal] : []
  const found: string[] = []
  for (const name of queue) {
    if (name.startsWith(folder) && glob.matches(folder === '' ? name : name.slice(folder.length))) found.push(name)
  }
  return found
}

/** A prefix as it stands before names. Backslashes are slashes there, as in the reference implementation. */
function toFolder(prefix: string | undefined): string {
  if (prefix === undefined || prefix === '') return ''
  return (prefix.endsWith('/') ? prefix : `${prefix}/`).replaceAll('\\', '/')
}

function violated(
  item: { readonly step: string; readonly type: ArtifactType },
  rule: ArtifactRule,
  artifacts: readonly string[],
): VerificationError {
  const words = serializeArtifactRule(rule).join(' ')
  const what = rule.kind === 'require' ? 'is not among' : 'found in'
  const some = artifacts.slice(0, 5).map((name) => JSON.stringify(name))
  const more = artifacts.length > some.length ? ` and ${artifacts.length - some.length} more` : ''
  return new VerificationError(
    'RULE_VIOLATED',
    `${item.step}: rule "${words}" is broken: ${some.join(', ')}${more} ${what} its ${item.type}`,
    { item: `${item.step} ${item.type}`, rule: words, artifacts },
  )
}
