/**
 * Writes every generated file of the repository.
 *
 *   npm run generate             writes what is out of date
 *   npm run generate -- --check  writes nothing, fails and names what is out of date
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { newestRuns } from '../benchmarks/runner/recorded-runs.ts'
import { resultsPage } from '../benchmarks/runner/results-page.ts'
import { v1Types } from '../packages/client/generate/v1-types.ts'
import { openApiFile } from '../packages/server/generate/openapi-file.ts'
import { type GenerateStep, generateFiles } from './generated-files.ts'

/** In the order in which they depend on one another. */
const STEPS: readonly GenerateStep[] = [
  {
    name: 'OpenAPI document',
    produce: async () => new Map([['packages/server/openapi.json', openApiFile()]]),
  },
  {
    name: 'client types',
    produce: async () =>
      new Map([['packages/client/src/generated/v1.ts', await v1Types(openApiFile())]]),
  },
  {
    name: 'benchmark results',
    produce: async (root) =>
      new Map([
        ['benchmarks/RESULTS.md', resultsPage(newestRuns(join(root, 'benchmarks/results')))],
      ]),
  },
]

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const differing = await generateFiles(STEPS, join(import.meta.dirname, '..'), values)
for (const path of differing) console.log(`${values.check ? 'out of date' : 'written'}: ${path}`)
if (values.check && differing.length > 0) {
  console.log('run `npm run generate` and commit the result')
  process.exitCode = 1
}
