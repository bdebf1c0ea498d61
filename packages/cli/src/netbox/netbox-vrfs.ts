import type { IpVersion } from '@freehold/address'
import type { PlannedAddressScope } from '@freehold/engine'
import { type CsvTable, sourceOf } from './csv-reader.ts'
import { cleanText, labelsOf } from './netbox-text.ts'
import type { RowLedger } from './row-ledger.ts'

interface Vrf {
  readonly key: string
  readonly name: string
  readonly source: string
  readonly labels: PlannedAddressScope['labels']
  readonly versions: Set<IpVersion>
}

/**
 * Which address scope a row's `vrf` cell means. The empty cell is the global table, which is the built-in scope of the IP
 * version. NetBox writes a VRF as its name, its route distinguisher, or `name (rd)`; all three are understood. A VRF that
 * prefixes or addresses name but vrfs.csv does not list gets a scope all the same.
 */
export class VrfDirectory {
  readonly #byText = new Map<string, Vrf[]>()
  readonly #all: Vrf[] = []

  constructor(table: CsvTable, ledger: RowLedger) {
    for (const row of table.rows) {
      const source = sourceOf(table, row)
      const name = cleanText(row.cells.name ?? '')
      const rd = row.cells.rd ?? ''
      ledger.enter({
        file: table.file,
        line: row.line,
        source,
        recordKind: 'address-scope',
        subject: name || rd,
      })
      if (row.problem !== undefined || name === '') {
        ledger.settle(source, 'skipped', row.problem ?? 'the VRF has no name')
        continue
      }
      ledger.settle(source, 'planned')
      const vrf = this.#add(`vrf-${row.line}`, name, source, labelsOf(row).labels)
      for (const text of new Set([name, rd, `${name} (${rd})`])) this.#name(text, vrf)
    }
  }

  /** The plan's key of the scope, or why the cell names none. Cost: one map look-up. */
  scopeOf(text: string, version: IpVersion): { key: string } | { problem: string } {
    const listed = this.#byText.get(text)
    if (text === '' || (listed === undefined && text.toLowerCase() === 'global'))
      return { key: `default-${version}` }
    const found = listed ?? [this.#unlisted(text)]
    const [vrf, other] = found
    if (vrf === undefined || other !== undefined)
      return {
        problem: `${found.length} VRFs are called "${cleanText(text, 80)}"; export their route distinguishers to tell them apart`,
      }
    vrf.versions.add(version)
    return { key: `${vrf.key}-${version}` }
  }

  /** One scope for each VRF and IP version in use; a VRF that nothing uses gets an IPv4 scope, so that it is not lost. */
  scopes(): PlannedAddressScope[] {
    return this.#all.flatMap((vrf) => {
      const versions: IpVersion[] =
        vrf.versions.size === 0 ? [4] : [...vrf.versions].sort((a, b) => a - b)
      return versions.map((ipVersion) => ({
        key: `${vrf.key}-${ipVersion}`,
        source: vrf.source,
        name: vrf.name,
        ipVersion,
        ...(vrf.labels === undefined ? {} : { labels: vrf.labels }),
      }))
    })
  }

  #unlisted(text: string): Vrf {
    const name = cleanText(text)
    const vrf = this.#add(`vrf-unlisted-${this.#all.length + 1}`, name, `vrf ${name}`, {})
    this.#name(text, vrf)
    return vrf
  }

  #add(key: string, name: string, source: string, labels: Vrf['labels']): Vrf {
    const vrf: Vrf = { key, name, source, labels, versions: new Set() }
    this.#all.push(vrf)
    return vrf
  }

  #name(text: string, vrf: Vrf): void {
    if (text === '') return
    this.#byText.set(text, [...(this.#byText.get(text) ?? []), vrf])
  }
}
