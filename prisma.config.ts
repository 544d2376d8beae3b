import { defineConfig } from 'prisma/config';

// The CLI would fetch a native schema engine that we never use: migrations run through
// @prisma/schema-engine-wasm (lib/db/migrate.ts). Any executable satisfies its check.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
