/** A verification report as text: a line per check, and the verdict. @module */

import type { CheckResult, VerificationReport } from '@aibomgen/verify'

import { showOnOneLine, type Output, type Style } from './output.ts'

const MARKS: Readonly<Record<CheckResult['status'], readonly [mark: string, style: Style]>> = {
  pass: ['✓', 'green'],
  fail: ['✗', 'red'],
  skipped: ['–', 'yellow'],
}

/** The report for people. */
export function describeReport(report: VerificationReport, output: Output): string {
  const width = Math.max(...report.checks.map(({ name }) => name.length))
  const checks = report.checks.map((check) => {
    const [mark, style] = MARKS[check.status]
    return `${output.style(style, mark)} ${check.name.padEnd(width)}  ${showOnOneLine(findingOf(check))}`
  })
  const lists = [
    ['not at hand', report.absent],
    ['not covered', report.uncovered],
  ] as const
  return [
    ...checks,
    '',
    ...lists
      .filter(([, names]) => names.length > 0)
      .map(([what, names]) => `${what}: ${names.map(showOnOneLine).join(', ')}`),
    describeVerdict(report, output),
  ].join('\n')
}

function findingOf(check: CheckResult): string {
  switch (check.status) {
    case 'pass':
      return check.evidence
    case 'fail':
      return `${check.code}: ${check.message}`
    case 'skipped':
      return `skipped: ${check.reason}`
  }
}

function describeVerdict({ verdict, subject, checks }: VerificationReport, output: Output): string {
  const passed = checks.filter(({ status }) => status === 'pass').length
  const counts = `${passed} of ${checks.length} checks passed`
  if (subject === undefined) return `${output.style('red', verdict)}: ${counts}`
  const { modelSha256, jobId, timestamp, issuerKeyid } = subject
  const about = `model sha256:${modelSha256}, job ${jobId}, issued ${timestamp} by key ${issuerKeyid.slice(0, 16)}`
  const without =
    verdict === 'evidence-only' ? ', without the model at hand (--file adds it, --evidence-only does without)' : ''
  return `${output.style(verdict === 'pass' ? 'green' : 'yellow', verdict)}: ${counts}${without}\n${about}`
}
