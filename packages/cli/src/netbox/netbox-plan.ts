import { AddressRange, assignableRange, type Prefix, RangeSet } from '@freehold/address'
import type { AllocationPool, Plan, PlannedSubnet } from '@freehold/engine'
import { type CsvTable, requireColumns } from './csv-reader.ts'
import { readAddresses } from './netbox-addresses.ts'
import type { NetboxTables } from './netbox-files.ts'
import { type NetboxSubnet, readPrefixes } from './netbox-prefixes.ts'
import { readRanges } from './netbox-ranges.ts'
import { VrfDirectory } from './netbox-vrfs.ts'
import { RowLedger, type SettledRow } from './row-ledger.ts'
import { SubnetIndex } from './subnet-index.ts'

export interface NetboxPlan {
  readonly plan: Plan
  /** Every row of every file exactly once. */
  readonly rows: readonly SettledRow[]
}

/**
 * Turns NetBox's tables into an address plan:
 * a VRF is an address scope, the global table the built-in one; aggregates and containers are subnet pools of what the
 * containers inside them leave; other prefixes are subnets, cut from the pool that they lie in, or pools where prefixes
 * lie inside them; IP ranges are kept out of allocation pools; addresses are allocations. NetBox has no gateways, so a
 * subnet has none unless an address says in its role or description that it is one.
 *
 * Pure. Throws CommandError (invalid) when a table lacks a column without which its rows mean nothing; whatever is wrong
 * with a single row is that row's reason for being skipped. Cost: that of sorting the rows.
 */
export function netboxPlan(tables: NetboxTables): NetboxPlan {
  const vrfTable = tableWith(tables.vrfs, 'name')
  const aggregateTable = tableWith(tables.aggregates, 'prefix')
  const prefixTable = tableWith(tables.prefixes, 'prefix')
  const rangeTable = tableWith(tables.ipRanges, 'start_address', 'end_address')
  const addressTable = tableWith(tables.ipAddresses, 'address')

  const ledger = new RowLedger()
  const vrfs = new VrfDirectory(vrfTable, ledger)
  const { subnetPools, subnets } = readPrefixes(prefixTable, aggregateTable, vrfs, ledger)
  const index = new SubnetIndex(subnets)
  const reserved = readRanges(rangeTable, index, vrfs, ledger)
  const { allocations, gateways } = readAddresses(addressTable, index, vrfs, ledger)
  return {
    plan: {
      format: 'freehold-plan/1',
      addressScopes: vrfs.scopes(),
      subnetPools,
      subnets: subnets.map((subnet) =>
        plannedSubnet(subnet, reserved.get(subnet.key) ?? [], gateways.get(subnet.key) ?? null),
      ),
      allocations,
    },
    rows: ledger.close(),
  }
}

const noTable: CsvTable = { file: '', columns: [], rows: [] }

function tableWith(table: CsvTable | undefined, ...columns: readonly string[]): CsvTable {
  if (table === undefined) return noTable
  requireColumns(table, columns)
  return table
}

function plannedSubnet(
  subnet: NetboxSubnet,
  reserved: readonly AddressRange[],
  gateway: string | null,
): PlannedSubnet {
  return {
    key: subnet.key,
    source: subnet.source,
    addressScope: subnet.scopeKey,
    ...(subnet.subnetPool === null ? {} : { subnetPool: subnet.subnetPool }),
    cidr: subnet.prefix.toString(),
    ...(subnet.name === '' ? {} : { name: subnet.name }),
    labels: subnet.labels,
    gateway,
    allocationPools: subnet.isOpen ? openPools(subnet.prefix, reserved, gateway) : [],
  }
}

/** The assignable addresses of a prefix without these ranges and the gateway. */
function openPools(
  prefix: Prefix,
  reserved: readonly AddressRange[],
  gateway: string | null,
): AllocationPool[] {
  const open = RangeSet.of(prefix.version, [assignableRange(prefix)])
  const taken = gateway === null ? reserved : [...reserved, AddressRange.parse(gateway, gateway)]
  return open
    .difference(RangeSet.of(prefix.version, taken))
    .ranges.map(({ first, last }) => ({ first: first.toString(), last: last.toString() }))
}
