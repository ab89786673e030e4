/** Verifying a release, offline: eleven checks, a twelfth where a reproduction is brought, one report. @module */

import { EVIDENCE_NAMES, INPUT_NAMES, parseJobRecord } from '@aibomgen/core'

import { CheckLedger } from './check-ledger.ts'
import { checkArtifactDigests } from './checks/artifact-digests.ts'
import { checkBomLint, checkBomSchema, checkBomSignature } from './checks/bom-checks.ts'
import { checkBomMatchesLinks } from './checks/bom-matches-links.ts'
import {
  checkArtifactRules,
  checkLayoutExpiry,
  checkLayoutSignature,
  checkLinkSignatures,
  checkLinkThresholds,
} from './checks/chain-checks.ts'
import { checkProvenance } from './checks/provenance.ts'
import { checkReproduction } from './checks/reproduction.ts'
import type { VerifyDeps, VerifyPolicy } from './policy.ts'
import { readRecordedArtifacts } from './recorded-artifacts.ts'
import { readClaimedTime, readLinks } from './release-evidence.ts'
import { readRequired, type ReleaseReader } from './release-reader.ts'
import { snapshotRelease } from './release-snapshot.ts'
import type { VerificationReport } from './report.ts'

const [AIBOM, AIBOM_SIGNATURE, LAYOUT, PROVENANCE] = EVIDENCE_NAMES
const [JOB_RECORD] = INPUT_NAMES

/**
 * Judges a release by what the verifier brings: a trust root, and the time. Nothing is fetched, and nothing inside the
 * release helps to vouch for it.
 *
 * A false claim is an answer, and stands in the report. What says nothing about the release (a disk that cannot be read)
 * is thrown.
 *
 * @throws ArtifactError `FILE_UNREADABLE`
 */
export async function verifyRelease(
  releaseAsFound: ReleaseReader,
  deps: VerifyDeps,
  policy: VerifyPolicy = {},
): Promise<VerificationReport> {
  const ledger = new CheckLedger()
  const release = snapshotRelease(releaseAsFound)
  // Where the AIBoM does not say when it was made, its own checks fail; the others are held to today.
  const at = (await readClaimedTime(release)) ?? deps.clock.now()
  const demands = { trustRoot: deps.trustRoot.root, at }

  // Who asks for today asks for today's owners as well: they may have put another layout in the place of the release's.
  const layoutAt = policy.layoutInForce === 'now' ? deps.clock.now() : at

  const layout = await ledger.run('layout-signature', [], async () =>
    checkLayoutSignature(policy.layout ?? (await readRequired(release, LAYOUT)), deps, { ...demands, at: layoutAt }),
  )
  await ledger.run('layout-expiry', ['layout-signature'], () => checkLayoutExpiry(known(layout), layoutAt))
  const links = await ledger.run('link-signatures', ['layout-signature'], async () =>
    checkLinkSignatures(known(layout), await readLinks(release), demands),
  )
  await ledger.run('link-thresholds', ['link-signatures'], () => checkLinkThresholds(known(layout), known(links)))
  await ledger.run('artifact-rules', ['link-thresholds'], async () =>
    checkArtifactRules(known(layout), known(links), await readLinks(release)),
  )

  const bom = await ledger.run('bom-schema', [], async () => checkBomSchema(await readRequired(release, AIBOM)))
  const signature = await ledger.run('bom-signature', [], async () =>
    checkBomSignature(await readRequired(release, AIBOM), await readRequired(release, AIBOM_SIGNATURE), demands),
  )
  await ledger.run('bom-lint', ['bom-schema'], () => checkBomLint(known(bom)))
  const claims = await ledger.run('bom-matches-links', ['bom-schema', 'link-thresholds'], async () =>
    checkBomMatchesLinks(known(bom), { links: known(links), linkFiles: await readLinks(release), release }),
  )
  await ledger.run('provenance', ['link-thresholds'], async () =>
    checkProvenance(
      await readRequired(release, PROVENANCE),
      parseJobRecord(await readRequired(release, JOB_RECORD)),
      known(links),
    ),
  )
  const coverage = await ledger.run('artifact-digests', ['link-thresholds'], () =>
    checkArtifactDigests(release, readRecordedArtifacts(known(links)), policy.files ?? []),
  )

  const { reproduction: brought } = policy
  const reproduction =
    brought &&
    (await ledger.run('reproduction', ['bom-matches-links'], () =>
      checkReproduction(brought.statement, {
        trustRoot: brought.trustRoot ?? deps.trustRoot.root,
        links: known(links),
        jobId: known(claims).jobId,
      }),
    ))

  const passed = ledger.allPassed()
  return {
    verdict: passed ? (known(coverage).modelAtHand ? 'pass' : 'evidence-only') : 'fail',
    checks: ledger.results(),
    ...(passed ? { subject: { ...known(claims), ...known(signature) } } : {}),
    ...(passed && reproduction !== undefined ? { reproduction } : {}),
    absent: coverage?.absent ?? [],
    uncovered: coverage?.uncovered ?? [],
  }
}

/** A value of a check that this one needs: the ledger runs nothing whose needs did not pass. */
function known<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a check ran before the check that it needs')
  return value
}
