import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Host commands, synth and replays start processes or bundles; the time-out only catches a hang.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
