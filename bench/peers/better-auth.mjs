// better-auth as its manual has it on node:http, with its own PostgreSQL adapter (Kysely) and a pool as large as
// Curfew's. What is not the manual's: no rate limit, no log, and cookies that go over plain HTTP.
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';

const { DATABASE_URL, BETTER_AUTH_SECRET, COOKIE_CACHE } = process.env;

const http = createServer();
http.listen(0, '127.0.0.1', async () => {
  const url = `http://127.0.0.1:${http.address().port}`;
  const options = {
    baseURL: url,
    secret: BETTER_AUTH_SECRET,
    database: new pg.Pool({ connectionString: DATABASE_URL, max: 10 }),
    emailAndPassword: { enabled: true },
    session: { cookieCache: { enabled: COOKIE_CACHE === 'on', maxAge: 24 * 60 * 60 } },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    telemetry: { enabled: false },
    advanced: { useSecureCookies: false },
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  http.on('request', toNodeHandler(betterAuth(options)));
  process.stdout.write(`${url}\n`);
});
process.on('SIGTERM', () => process.exit());
