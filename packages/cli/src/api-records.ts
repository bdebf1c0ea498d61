import type { components } from '@freehold/client'

export type { ChangeEvent } from '@freehold/client'

/** What the API answers, as its OpenAPI document says. */
type Schemas = components['schemas']

export type AddressScope = Schemas['AddressScope']
export type SubnetPool = Schemas['SubnetPool']
export type Subnet = Schemas['Subnet']
export type Allocation = Schemas['Allocation']
export type AddressKnowledge = Schemas['AddressKnowledge']
export type AddressTenure = Schemas['AddressTenure']
export type Plan = Schemas['Plan']
export type PlanReport = Schemas['PlanReport']
export type CheckReport = Schemas['CheckReport']
export type SubnetUtilization = Schemas['SubnetUtilization']
export type SubnetPoolUtilization = Schemas['SubnetPoolUtilization']
export type TotalUtilization = Schemas['TotalUtilization']
export type Token = Schemas['Token']
export type NewToken = Schemas['NewToken']
export type AuditHead = Schemas['AuditHead']
export type AuditReport = Schemas['AuditReport']
export type AuditRestore = Schemas['AuditRestore']
