import type { AddressScope, Allocation, Subnet, SubnetPool } from '../api-records.ts'
import type { ScopeNames } from '../scope-names.ts'
import type { Column } from './column.ts'

interface Labelled {
  readonly labels: Readonly<Record<string, string>>
}

export function labelsText({ labels }: Labelled): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ')
}

const yesOrNo = (value: boolean) => (value ? 'yes' : 'no')

/** Columns that every named record has at the end. */
function recordColumns<
  T extends Labelled & {
    projectId: string
    createdAt: string
    updatedAt: string
    revision: number
  },
>(): Column<T>[] {
  return [
    { key: 'projectId', title: 'Project', value: (record) => record.projectId },
    { key: 'labels', title: 'Labels', value: labelsText },
    { key: 'createdAt', recordTitle: 'Created', value: (record) => record.createdAt },
    { key: 'updatedAt', recordTitle: 'Changed', value: (record) => record.updatedAt },
    { key: 'revision', recordTitle: 'Revision', value: (record) => record.revision },
  ]
}

export const scopeColumns: readonly Column<AddressScope>[] = [
  { key: 'id', title: 'Id', value: (scope) => scope.id },
  { key: 'name', title: 'Name', value: (scope) => scope.name },
  {
    key: 'ipVersion',
    title: 'Version',
    value: (scope) => scope.ipVersion,
    display: (scope) => `IPv${scope.ipVersion}`,
  },
  {
    key: 'shared',
    title: 'Shared',
    value: (scope) => scope.shared,
    display: (scope) => yesOrNo(scope.shared),
  },
  ...recordColumns<AddressScope>(),
]

export const poolColumns: readonly Column<SubnetPool>[] = [
  { key: 'id', title: 'Id', value: (pool) => pool.id },
  { key: 'name', title: 'Name', value: (pool) => pool.name },
  {
    key: 'prefixes',
    title: 'Prefixes',
    value: (pool) => pool.prefixes.join(' '),
    display: (pool) => fewOf(pool.prefixes),
  },
  {
    key: 'minPrefixLength',
    title: 'Cuts',
    value: (pool) => pool.minPrefixLength,
    display: (pool) =>
      `/${pool.minPrefixLength} to /${pool.maxPrefixLength}, usually /${pool.defaultPrefixLength}`,
  },
  { key: 'defaultPrefixLength', value: (pool) => pool.defaultPrefixLength },
  { key: 'maxPrefixLength', value: (pool) => pool.maxPrefixLength },
  {
    key: 'quota',
    title: 'Quota',
    align: 'right',
    value: (pool) => pool.quota,
    display: (pool) => pool.quota ?? 'none',
  },
  { key: 'addressScopeId', recordTitle: 'Scope', value: (pool) => pool.addressScopeId },
  { key: 'ipVersion', value: (pool) => pool.ipVersion },
  {
    key: 'shared',
    recordTitle: 'Shared',
    value: (pool) => pool.shared,
    display: (pool) => yesOrNo(pool.shared),
  },
  {
    key: 'isDefault',
    recordTitle: 'Default',
    value: (pool) => pool.isDefault,
    display: (pool) => yesOrNo(pool.isDefault),
  },
  ...recordColumns<SubnetPool>(),
]

/** Without names, a table does not say which scope a subnet lives in. */
export function subnetColumns(scopeNameOf?: ScopeNames): readonly Column<Subnet>[] {
  return [
    { key: 'id', title: 'Id', value: (subnet) => subnet.id },
    { key: 'cidr', title: 'CIDR', value: (subnet) => subnet.cidr },
    { key: 'name', title: 'Name', value: (subnet) => subnet.name },
    ...(scopeNameOf === undefined ? [] : [scopeNameColumn(scopeNameOf)]),
    {
      key: 'gateway',
      title: 'Gateway',
      value: (subnet) => subnet.gateway,
      display: (subnet) => subnet.gateway ?? 'none',
    },
    {
      key: 'allocationPools',
      title: 'Allocation pools',
      value: (subnet) => subnet.allocationPools.map(rangeText).join(' '),
      display: (subnet) => fewOf(subnet.allocationPools.map(rangeText)),
    },
    {
      key: 'coolingSeconds',
      recordTitle: 'Cooling',
      value: (subnet) => subnet.coolingSeconds,
      display: (subnet) => (subnet.coolingSeconds === 0 ? 'none' : `${subnet.coolingSeconds} s`),
    },
    { key: 'addressScopeId', value: (subnet) => subnet.addressScopeId },
    {
      key: 'subnetPoolId',
      recordTitle: 'Subnet pool',
      value: (subnet) => subnet.subnetPoolId,
      display: (subnet) => subnet.subnetPoolId ?? 'none',
    },
    { key: 'ipVersion', value: (subnet) => subnet.ipVersion },
    {
      key: 'shared',
      recordTitle: 'Shared',
      value: (subnet) => subnet.shared,
      display: (subnet) => yesOrNo(subnet.shared),
    },
    ...recordColumns<Subnet>(),
  ]
}

function scopeNameColumn(scopeNameOf: ScopeNames): Column<Subnet> {
  return {
    key: 'scope',
    title: 'Scope',
    isTableOnly: true,
    value: (subnet) => scopeNameOf(subnet.addressScopeId),
  }
}

export const allocationColumns: readonly Column<Allocation>[] = [
  { key: 'address', title: 'Address', value: ({ address }) => address },
  { key: 'subnetId', recordTitle: 'Subnet', value: ({ subnetId }) => subnetId },
  { key: 'state', title: 'State', value: ({ state }) => state },
  { key: 'holderKind', value: ({ holder }) => holder?.kind },
  { key: 'holderId', value: ({ holder }) => holder?.id },
  { key: 'holderMac', value: ({ holder }) => holder?.mac },
  { key: 'holderHostName', value: ({ holder }) => holder?.hostName },
  // In tables the parts of the holder are one column; CSV has one for each.
  { key: 'holder', title: 'Holder', isTableOnly: true, value: ({ holder }) => holderText(holder) },
  { key: 'projectId', title: 'Project', value: ({ projectId }) => projectId },
  { key: 'labels', title: 'Labels', value: labelsText },
  { key: 'createdAt', title: 'Since', value: ({ createdAt }) => createdAt },
  {
    key: 'expiresAt',
    title: 'Until',
    value: ({ expiresAt }) => expiresAt,
    display: ({ expiresAt }) => expiresAt ?? '',
  },
]

/** `host:web1 web1.example.net`, or nothing. */
export function holderText(holder: Allocation['holder'] | undefined): string {
  if (holder === null || holder === undefined) return ''
  return [`${holder.kind}:${holder.id}`, holder.hostName, holder.mac].filter(Boolean).join(' ')
}

function rangeText({ first, last }: { first: string; last: string }): string {
  return first === last ? first : `${first}-${last}`
}

const shownAtMost = 3

function fewOf(texts: readonly string[]): string {
  if (texts.length <= shownAtMost) return texts.join(', ')
  return `${texts.slice(0, shownAtMost).join(', ')} and ${texts.length - shownAtMost} more`
}
