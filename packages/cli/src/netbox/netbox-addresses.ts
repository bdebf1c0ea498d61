import { IpAddress, isReservedAddress } from '@freehold/address'
import type { Holder, PlannedAllocation } from '@freehold/engine'
import { type CsvRow, type CsvTable, sourceOf } from './csv-reader.ts'
import { type NetboxSubnet, parsed } from './netbox-prefixes.ts'
import { withoutMask } from './netbox-ranges.ts'
import { cleanText, labelsOf } from './netbox-text.ts'
import type { VrfDirectory } from './netbox-vrfs.ts'
import type { RowLedger } from './row-ledger.ts'
import type { SubnetIndex } from './subnet-index.ts'

export interface NetboxAddresses {
  readonly allocations: readonly PlannedAllocation[]
  /** For each subnet's key, the address that NetBox calls its gateway. */
  readonly gateways: ReadonlyMap<string, string>
}

/** Turns addresses into allocations of the subnets that they lie in. Cost: logarithmic in the subnets, for each address. */
export function readAddresses(
  table: CsvTable,
  index: SubnetIndex,
  vrfs: VrfDirectory,
  ledger: RowLedger,
): NetboxAddresses {
  const allocations: PlannedAllocation[] = []
  const gateways = new Map<string, string>()
  const takenBy = new Map<string, string>()
  for (const row of table.rows) {
    const source = sourceOf(table, row)
    const subject = withoutMask(row.cells.address ?? '')
    ledger.enter({
      file: table.file,
      line: row.line,
      source,
      recordKind: 'allocation',
      subject,
    })
    const place = placeOf(row, index, vrfs)
    if ('problem' in place) {
      ledger.settle(source, 'skipped', place.problem)
      continue
    }
    const { subnet, address } = place
    const slot = `${subnet.key} ${address}`
    const first = takenBy.get(slot)
    if (first !== undefined) {
      ledger.settle(source, 'skipped', `the same address as ${first}, which was taken`)
      continue
    }
    takenBy.set(slot, source)
    if (isGateway(row) && !gateways.has(subnet.key)) {
      gateways.set(subnet.key, address.toString())
      ledger.settle(source, 'merged', `is the gateway of subnet ${subnet.prefix}`, [subnet.source])
      continue
    }
    const { labels, changed } = labelsOf(row)
    if (changed.length > 0) ledger.note(source, `cleaned to fit: ${changed.join(', ')}`)
    ledger.settle(source, 'planned')
    allocations.push({
      source,
      subnet: subnet.key,
      address: address.toString(),
      holder: holderOf(row, address),
      labels,
    })
  }
  return { allocations, gateways }
}

function placeOf(
  row: CsvRow,
  index: SubnetIndex,
  vrfs: VrfDirectory,
): { problem: string } | { subnet: NetboxSubnet; address: IpAddress } {
  const address = parsed(() => IpAddress.parse(withoutMask(row.cells.address ?? '')))
  if (row.problem !== undefined) return { problem: row.problem }
  if (typeof address === 'string') return { problem: address }
  const scope = vrfs.scopeOf(row.cells.vrf ?? '', address.version)
  if ('problem' in scope) return { problem: scope.problem }
  const subnet = index.holding(scope.key, address)
  if (subnet === undefined) return { problem: 'lies in no prefix that became a subnet' }
  if (isReservedAddress(subnet.prefix, address)) {
    const role = address.equals(subnet.prefix.first) ? 'network' : 'broadcast'
    return { problem: `is the ${role} address of subnet ${subnet.prefix}` }
  }
  return { subnet, address }
}

// NetBox has no field for the gateway: only words that can mean nothing else are taken for it.
function isGateway(row: CsvRow): boolean {
  const { role = '', description = '' } = row.cells
  return [role, description].some((text) => /^(default |subnet )?gateway$/i.test(text))
}

const sharedRoles = new Set(['anycast', 'vip', 'vrrp', 'hsrp', 'glbp', 'carp'])

function holderOf(row: CsvRow, address: IpAddress): Holder {
  const { id = '', role = '', dns_name = '', device = '', virtual_machine = '' } = row.cells
  const owner = cleanText(device || virtual_machine, 120)
  const port = cleanText(row.cells.interface ?? '', 120)
  const hostName = cleanText(dns_name, 253)
  const isOnInterface = owner !== '' && port !== ''
  const kind = sharedRoles.has(role.toLowerCase())
    ? 'service'
    : isOnInterface
      ? 'interface'
      : 'host'
  return {
    kind,
    id: isOnInterface
      ? `${owner}/${port}`
      : id === ''
        ? `netbox:${address}`
        : cleanText(`netbox:ip-address:${id}`),
    ...(hostName === '' ? {} : { hostName }),
  }
}
