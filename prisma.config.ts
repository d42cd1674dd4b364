import { defineConfig } from 'prisma/config';

// The CLI would download the native schema engine even for `generate`, which
// never runs it. Pointing it at a program that exists keeps `generate` offline.
if (process.argv.includes('generate')) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;
}

const url = process.env['DATABASE_URL'];

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(url ? { datasource: { url } } : {}),
});
