/** Scanning for vulnerabilities, by itself: loads no database and no HTTP. @module */

export { createNpmAuditScanner, type NpmAuditOptions } from './npm-audit.ts'
export { askInOrder, serializePackages, subjectOfPackages } from './scan-packages.ts'
export { createTrivyScanner, type TrivyOptions, type TrivyTarget } from './trivy.ts'
export { notScanned, type NotScanned, type Scanner, type ScanOutcome } from './vulnerability-scan.ts'
export { VulnerabilityScans, type KeptScan, type VulnerabilityScansDeps } from './vulnerability-scans.ts'
