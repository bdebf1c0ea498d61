import { defineConfig } from 'vitest/config'

// Workspace packages resolve to their source, so tests need no build. Vitest hands these conditions
// to Node as well, so what Node sets by itself (import, require) must not stand here.
const conditions = ['source', 'node']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    globalSetup: ['test-support/src/database-servers.ts'],
    // Many tests wait for servers, for locks or for processes to die: two files at once use a small machine well.
    maxWorkers: 2,
    // A test that waits for a database on a busy machine is slow, not wrong.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'test-support/**/*.test.ts',
      'scripts/**/*.test.ts',
      'benchmarks/**/*.test.ts',
      'examples/**/*.test.ts',
      'integrations/**/*.test.ts',
    ],
  },
})
