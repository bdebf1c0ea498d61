import { describe } from 'vitest'
import { describeAddressScopeContract } from './address-scope.contract.ts'
import { describeAllocationContract } from './allocation.contract.ts'
import type { ContractStore } from './contract-store.ts'
import { describeLeaseContract } from './lease.contract.ts'
import { describeSubnetContract } from './subnet.contract.ts'
import { describeSubnetPoolContract } from './subnet-pool.contract.ts'

/** Everything that every store must show. */
export function describeStoreContracts(store: ContractStore): void {
  describe(store.name, () => {
    describeAddressScopeContract(store)
    describeSubnetPoolContract(store)
    describeSubnetContract(store)
    describeAllocationContract(store)
    describeLeaseContract(store)
  })
}
