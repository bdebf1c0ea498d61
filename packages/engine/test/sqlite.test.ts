import { sqliteContractStore } from './contract/sqlite-contract-store.ts'
import { describeStoreContracts } from './contract/store-contracts.ts'

describeStoreContracts(sqliteContractStore())
