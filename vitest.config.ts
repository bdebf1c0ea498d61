import { defineConfig } from 'vitest/config'

// Workspace packages resolve to their source, so tests need no build.
const conditions = ['source', 'node', 'import', 'module', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['source'] } },
  test: {
    // For the workers and child processes that tests start, which Node resolves by itself.
    execArgv: ['--conditions=source'],
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'test-support/**/*.test.ts',
      'scripts/**/*.test.ts',
      'benchmarks/**/*.test.ts',
      'examples/**/*.test.ts',
    ],
  },
})
