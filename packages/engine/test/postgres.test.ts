import { testPostgres } from '@freehold/test-support'
import { postgresContractStore } from './contract/postgres-contract-store.ts'
import { describeStoreContracts } from './contract/store-contracts.ts'

describeStoreContracts(postgresContractStore(await testPostgres()))
