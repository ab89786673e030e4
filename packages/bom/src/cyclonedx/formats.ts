/** The string formats that the CycloneDX schemas name, as predicates. @module */

// RFC 3986: scheme, authority with a registered name or an IP literal, path, query, fragment.
const URI =
  /^[a-z][a-z0-9+.-]*:(?=.)(?:\/\/(?:(?:[\w\-.~!$&'()*+,;=:]|%[0-9a-f]{2})*@)?(?:\[[0-9a-fv:.]+\]|(?:[\w\-.~!$&'()*+,;=]|%[0-9a-f]{2})*)(?::\d*)?(?=[/?#]|$))?(?:[\w\-.~!$&'()*+,;=:@/]|%[0-9a-f]{2})*(?:\?(?:[\w\-.~!$&'()*+,;=:@/?]|%[0-9a-f]{2})*)?(?:#(?:[\w\-.~!$&'()*+,;=:@/?]|%[0-9a-f]{2})*)?$/i

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const TIME = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.\d+)?(?:z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)$/i

// RFC 6531 on RFC 5321: a dot-string or a quoted string, then a domain of labels or an address literal.
const ATOM = String.raw`[a-z0-9!#$%&'*+/=?^_\x60{|}~\-\u0080-\u{10ffff}]+`
const QUOTED = String.raw`"(?:[\x20\x21\x23-\x5b\x5d-\x7e\u0080-\u{10ffff}]|\\[\x20-\x7e])*"`
const LABEL = String.raw`[a-z0-9\u0080-\u{10ffff}](?:[a-z0-9\-\u0080-\u{10ffff}]*[a-z0-9\u0080-\u{10ffff}])?`
const EMAIL = new RegExp(
  String.raw`^(?:${ATOM}(?:\.${ATOM})*|${QUOTED})@(?:${LABEL}(?:\.${LABEL})*|\[[\x21-\x5a\x5e-\x7e]+\])$`,
  'iu',
)

/** Whether a string has the format of that name. `iri-reference` takes anything, as in the CycloneDX project's own tools. */
export const formats: Readonly<Record<string, (text: string) => boolean>> = {
  uri: (text) => URI.test(text),
  date: isDate,
  'date-time': isDateTime,
  'idn-email': (text) => text.length <= 320 && EMAIL.test(text),
  'iri-reference': () => true,
}

function isDateTime(text: string): boolean {
  return /^.{10}[t\s]/i.test(text) && isDate(text.slice(0, 10)) && isTime(text.slice(11))
}

function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? []
  // Day 0 of the next month is the last of this one.
  const lastDay = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate()
  return Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= lastDay
}

function isTime(text: string): boolean {
  const seconds = TIME.exec(text)?.[3]
  return seconds !== undefined
}
