import { testMariadb } from '@freehold/test-support'
import { expect, it } from 'vitest'
import { mariadbOn } from './contract/mariadb-contract-store.ts'
import { describeStoreContracts } from './contract/store-contracts.ts'

const found = await testMariadb()

it.skipIf(found === undefined)('there is a MariaDB for the tests', () => {
  expect(found).toBeDefined()
})

for (const server of found === undefined ? [] : [found]) describeStoreContracts(mariadbOn(server))
