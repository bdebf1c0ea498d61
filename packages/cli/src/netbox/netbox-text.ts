import type { Labels } from '@freehold/engine'
import type { CsvRow } from './csv-reader.ts'

const hidden =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu

/** Text as a name or label may hold it: what cannot be shown becomes a space, and what is too long is cut. */
export function cleanText(text: string, maxLength = 255): string {
  const clean = text.normalize('NFC').replaceAll(hidden, ' ').replaceAll(/ +/g, ' ').trim()
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1).trimEnd()}…`
}

// Which columns become labels, and under which name.
const labelColumns: readonly (readonly [column: string, label: string])[] = [
  ['id', 'netbox-id'],
  ['status', 'status'],
  ['role', 'role'],
  ['tenant', 'tenant'],
  ['site', 'site'],
  ['vlan', 'vlan'],
  ['rd', 'rd'],
  ['rir', 'rir'],
  ['date_added', 'date-added'],
  ['tags', 'tags'],
  ['description', 'description'],
]

export interface CleanedLabels {
  readonly labels: Labels
  /** Columns whose text was changed to fit. */
  readonly changed: readonly string[]
}

/** The labels of a row: what NetBox knows of it and the model has no field for. Empty cells make none. */
export function labelsOf(row: CsvRow): CleanedLabels {
  const labels: Record<string, string> = {}
  const changed: string[] = []
  for (const [column, label] of labelColumns) {
    const text = row.cells[column] ?? ''
    const clean = cleanText(text)
    if (clean !== '') labels[label] = column === 'status' ? clean.toLowerCase() : clean
    if (clean !== text.normalize('NFC')) changed.push(column)
  }
  return { labels, changed }
}

/** NetBox writes booleans as True and False; other tools use other words. */
export function isTrue(text: string | undefined): boolean {
  return ['true', 'yes', '1'].includes((text ?? '').toLowerCase())
}
