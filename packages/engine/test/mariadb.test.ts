import { type TestServer, testMariadb } from '@freehold/test-support'
import { describe } from 'vitest'
import { mariadbOn } from './contract/mariadb-contract-store.ts'
import { describeStoreContracts } from './contract/store-contracts.ts'

const server = await testMariadb()

describe.skipIf(server === undefined)('with the MariaDB of this run', () => {
  describeStoreContracts(mariadbOn(server as TestServer))
})
