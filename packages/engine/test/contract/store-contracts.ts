import { describe } from 'vitest'
import { describeAddressHistoryContract } from './address-history.contract.ts'
import { describeAddressScopeContract } from './address-scope.contract.ts'
import { describeAllocationContract } from './allocation.contract.ts'
import { describeAllocationModelContract } from './allocation-model.contract.ts'
import { describeAuditContract } from './audit.contract.ts'
import { describeCallerContract } from './caller.contract.ts'
import { describeCheckContract } from './check.contract.ts'
import { describeClockContract } from './clock.contract.ts'
import { describeCoalescingContract } from './coalescing.contract.ts'
import { describeConcurrencyContract } from './concurrency.contract.ts'
import type { ContractStore } from './contract-store.ts'
import { describeDocumentContract } from './document.contract.ts'
import { describeEventContract } from './event.contract.ts'
import { describeIdempotencyContract } from './idempotency.contract.ts'
import { describeLeaseContract } from './lease.contract.ts'
import { describeListContract } from './list.contract.ts'
import { describeNeutronSubnetContract } from './neutron-subnet.contract.ts'
import { describeNeutronSubnetPoolContract } from './neutron-subnet-pool.contract.ts'
import { describeOtherWritersContract } from './other-writers.contract.ts'
import { describeOverloadContract } from './overload.contract.ts'
import { describeOvertakenContract } from './overtaken.contract.ts'
import { describePlanContract } from './plan.contract.ts'
import { describeQuotaRaceContract } from './quota-race.contract.ts'
import { describeRetryContract } from './retry.contract.ts'
import { describeSubnetContract } from './subnet.contract.ts'
import { describeSubnetPoolContract } from './subnet-pool.contract.ts'
import { describeTransactionContract } from './transaction.contract.ts'
import { describeUtilizationContract } from './utilization.contract.ts'
import { describeWholeChangeContract } from './whole-change.contract.ts'

/** Everything that every store must show. */
export function describeStoreContracts(store: ContractStore): void {
  describe(store.name, () => {
    describeAddressScopeContract(store)
    describeSubnetPoolContract(store)
    describeSubnetContract(store)
    describeAllocationContract(store)
    describeLeaseContract(store)
    describeUtilizationContract(store)
    describeAddressHistoryContract(store)
    describeEventContract(store)
    describeAuditContract(store)
    describeIdempotencyContract(store)
    describeListContract(store)
    describeCallerContract(store)
    describeTransactionContract(store)
    describePlanContract(store)
    describeCheckContract(store)
    describeDocumentContract(store)
    describeCoalescingContract(store)
    describeOtherWritersContract(store)
    describeOverloadContract(store)
    describeNeutronSubnetContract(store)
    describeNeutronSubnetPoolContract(store)
    describeConcurrencyContract(store)
    describeClockContract(store)
    describeQuotaRaceContract(store)
    describeOvertakenContract(store)
    describeRetryContract(store)
    describeWholeChangeContract(store)
    describeAllocationModelContract(store)
  })
}
