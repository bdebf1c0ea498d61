export type { RandomSource } from './allocators/random-source.ts'
export {
  type AddressRequestFactory,
  addressRequestFactory,
  type FixedIpDescription,
  type PortDescription,
} from './driver/address-request-factory.ts'
export { builtInDriver } from './driver/built-in-driver.ts'
export type {
  DriverContext,
  DriverFactory,
  DriverSubnet,
  DriverSubnetGroup,
  IpamDriver,
} from './driver/ipam-driver.ts'
export {
  type AnySubnetRequest,
  anySubnetRequest,
  type SpecificSubnetRequest,
  type SubnetRequest,
  type SubnetRequestFields,
  specificSubnetRequest,
} from './driver/subnet-request.ts'
export {
  type SubnetDescription,
  type SubnetPoolDescription,
  type SubnetRequestFactory,
  subnetRequestFactory,
} from './driver/subnet-request-factory.ts'
export {
  type ErrorCode,
  type ErrorDetails,
  type ErrorKind,
  errorCatalogue,
  IpamError,
  isIpamError,
} from './errors.ts'
export { openIpam } from './ipam.ts'
export type { EngineOptions, Ipam } from './ipam-interface.ts'
export type { AddressKnowledge, AddressRole } from './model/address-knowledge.ts'
export {
  type AddressRequest,
  type AddressRequestInput,
  addressRequest,
  anyAddress,
  bulkAddresses,
  eui64Request,
  nextAddress,
  type SingleAddressRequest,
  specificAddress,
} from './model/address-request.ts'
export type { AddressScope, AddressScopeChanges, AddressScopeInput } from './model/address-scope.ts'
export type {
  Allocation,
  AllocationAttributes,
  AllocationState,
  Holder,
} from './model/allocation.ts'
export type { AllocationPool } from './model/allocation-pool.ts'
export type {
  AuditBreak,
  AuditComparison,
  AuditHead,
  AuditReport,
  AuditRestore,
} from './model/audit.ts'
export type { Caller } from './model/caller.ts'
export type { CheckProblem, CheckReport } from './model/check-report.ts'
export type {
  Document,
  DocumentChanges,
  DocumentFilter,
  DocumentInput,
  DocumentListOptions,
  JsonValue,
} from './model/document.ts'
export type {
  AddressTenure,
  ChangeEvent,
  DocumentKind,
  EventAction,
  RecordKind,
} from './model/event.ts'
export type {
  AddressScopeFilter,
  AllocationFilter,
  ListOptions,
  Page,
  SubnetFilter,
  SubnetPoolFilter,
} from './model/list.ts'
export type {
  Plan,
  PlannedAddressScope,
  PlannedAllocation,
  PlannedSubnet,
  PlannedSubnetPool,
  PlanOutcome,
  PlanReport,
  PlanReportEntry,
} from './model/plan.ts'
export type { Labels, NamedRecord } from './model/record.ts'
export type { Subnet, SubnetChanges, SubnetInput, SubnetUpdate } from './model/subnet.ts'
export type { SubnetPool, SubnetPoolChanges, SubnetPoolInput } from './model/subnet-pool.ts'
export type {
  SubnetPoolUtilization,
  SubnetUtilization,
  TotalUtilization,
  Utilization,
} from './model/utilization.ts'
export type { CheckOptions } from './operations/check-operations.ts'
export type { EngineLimits, MutationOptions } from './operations/context.ts'
export type { EventPage } from './operations/event-operations.ts'
export type { PlanOptions } from './operations/plan-operations.ts'
export {
  type FinalStatement,
  finishInTurn,
  type Session,
  type Store,
  type StoreCapabilities,
  type StoreCounters,
  type TransactionOptions,
} from './store/store.ts'
export { copyStore, type StoreCopyOptions, type StoreCopyReport } from './store-copy.ts'
