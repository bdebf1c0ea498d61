import { propertyTitles, type Violation } from './checker/violation.ts'
import type { TortureReport } from './torture-run.ts'

// Of each property.
const mostShown = 4

/** The summary of a run for people, as lines. */
export function summaryLines(report: TortureReport): string[] {
  const { statistics, seconds, violations } = report
  const count = (value: number) => value.toLocaleString('en')
  const rows = [
    ['call', 'ok', 'fail', 'unknown'],
    ...statistics.byKind.map((each) => [
      each.kind,
      count(each.ok),
      count(each.fail),
      count(each.unknown),
    ]),
    ['all', count(statistics.ok), count(statistics.fail), count(statistics.unknown)],
  ]
  const codes = Object.entries(statistics.codes)
    .sort(([, a], [, b]) => b - a)
    .map(([code, times]) => `${code} ${count(times)}`)
  return [
    ...aligned(rows),
    '',
    `${report.processes} processes, ${seconds.toFixed(1)} s, ${count(Math.round(statistics.calls / seconds))} calls/s, ${count(report.kills)} kills, seed ${report.seed}`,
    `Successes of one process: from ${count(statistics.okOfWorker.least)} to ${count(statistics.okOfWorker.most)}`,
    `Refusals: ${codes.join(', ') || 'none'}`,
    `Judged: ${count(statistics.addresses)} addresses, ${count(statistics.rows)} rows, ${count(statistics.events)} events, ${count(report.replayed)} requests replayed`,
    ...(report.undecided === 0
      ? []
      : [
          `Not decided: ${count(report.undecided)} addresses with too many unknown calls at a time`,
        ]),
    '',
    ...(violations.length === 0
      ? ['Clean: every promise that was checked holds.']
      : verdictLines(violations)),
    ...(report.folder === null ? [] : ['', `Histories: ${report.folder}`]),
  ]
}

function verdictLines(violations: readonly Violation[]): string[] {
  const ofProperties = [...Map.groupBy(violations, ({ property }) => property)].sort(([a], [b]) =>
    a.localeCompare(b),
  )
  const counts = ofProperties.map(([property, own]) => `${property} ${own.length}`).join(', ')
  return [
    `${violations.length} violations (${counts}):`,
    ...ofProperties.flatMap(([property, own]) => {
      const shown = own.toSorted((a, b) => lengthOf(a) - lengthOf(b)).slice(0, mostShown)
      const hidden = own.length - shown.length
      return [
        ...shown.flatMap((violation) => ['', ...violationLines(violation)]),
        ...(hidden === 0 ? [] : ['', `… and ${hidden} more of ${property}.`]),
      ]
    }),
  ]
}

/** The shortest history is the easiest to read; none at all shows nothing. */
function lengthOf({ evidence }: Violation): number {
  return evidence.length === 0 ? Number.POSITIVE_INFINITY : evidence.length
}

/** A violation with its history: milliseconds from the first call on, who, what was asked and answered. */
export function violationLines({ property, subject, message, evidence }: Violation): string[] {
  const start = evidence[0]?.from ?? 0
  const time = (at: number | null) => (at === null ? '…' : ((at - start) / 1000).toFixed(3))
  return [
    `${property} ${propertyTitles[property]}: ${subject}`,
    `  ${message}`,
    ...aligned(
      evidence.map(({ from, until, who, what }) => [
        `    ${time(from)}`,
        `${time(until)} ms`,
        who,
        what,
      ]),
    ),
  ]
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
