import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const require = createRequire(import.meta.url);

export default defineConfig({
  // Two copies of graphql-js (one ESM, one CommonJS) would not know each other's errors; Node itself loads this one.
  resolve: { alias: [{ find: /^graphql$/, replacement: require.resolve('graphql') }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/postgres.ts'],
    setupFiles: ['test/hooks.ts'],
    pool: 'forks',
    // Loading the server takes longer than most files' tests; a worker loads it once. Servers share nothing.
    isolate: false,
    maxWorkers: '100%',
    // Where a test keeps many objects of a kind, V8 would make those of the tests behind it old from the start.
    execArgv: ['--no-allocation-site-pretenuring'],
    // The tests of many processes take the processor from those beside them.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
