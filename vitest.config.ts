import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
const exclude = [...configDefaults.exclude, '.next*/**', '.data/**', 'dist/**', 'e2e/**'];

export default defineConfig({
  resolve: { alias: [{ find: /^@\//, replacement: root }] },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [...exclude, '**/*.db.test.ts'],
          // Most of it is pure: one process for many files, that loads each module once. What a file changes of the process (its
          // clock, its environment), it puts back.
          isolate: false,
          // What is tried thousands of times takes as long as the machine is busy.
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          // On a real PostgreSQL: one server for the run, one database for each file.
          name: 'integration',
          include: ['**/*.db.test.ts'],
          exclude,
          globalSetup: ['lib/services/testing/server.ts', 'runtime/testing/bundle.ts'],
          setupFiles: ['lib/services/testing/database.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // What is waited for comes by itself, on a busy machine a little later.
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
});
