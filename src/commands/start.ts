/** `curfew start`: starts the server with the environment's settings, and stops it on a signal. */
import { pino } from 'pino';
import type { Config } from '../config.ts';
import { collectProcessMetrics } from '../metrics.ts';
import { type CurfewServer, startServer } from '../server.ts';
import { explain, readConfig } from './faults.ts';
import { complain, say } from './output.ts';

/** Returns once the server is ready; it goes on until a signal, which ends the process. */
export async function start(): Promise<void> {
  const config = readConfig();
  const log = pino({ level: config.logLevel });
  let server: CurfewServer | undefined;
  /** Not null: asked to stop. */
  let exitCode: number | null = null;

  /** A second signal ends the process at once. */
  async function stop(code: number): Promise<void> {
    if (exitCode !== null) process.exit(code || 1);
    exitCode = code;
    log.info('the server stops');
    // A start under way is stopped below, once there is a server to close: leaving now would leave PostgreSQL running.
    if (!server) return;
    await server.close();
    process.exit(exitCode);
  }

  collectProcessMetrics();

  process.on('SIGTERM', () => void stop(0));
  process.on('SIGINT', () => void stop(0));

  try {
    server = await startServer(config, {
      log,
      onFatal: (error) => {
        log.fatal({ err: error }, 'the embedded PostgreSQL is gone');
        void stop(1);
      },
    });
    if (exitCode !== null) {
      await server.close();
      process.exit(exitCode);
    }
    say(describe(config, server));
  } catch (error) {
    const reason = explain(error, config);
    if (reason === null) throw error;
    complain(`Curfew can’t start: ${reason}`);
    process.exit(1);
  }
}

/** Where everything is. */
function describe(config: Config, { url, origin, hasPage }: CurfewServer): string {
  const places = [
    ...(config.page
      ? [['Page', hasPage ? `${origin}/ (open it in a browser)` : 'not built: npm run build']]
      : []),
    ['API', `${url}/graphql`],
    ...(config.production || config.operationsFile
      ? []
      : [['GraphiQL', `${origin}/graphql (open it in a browser)`]]),
    ['Health', `${url}/health/ready`],
    ['Bus', config.redisUrl ? 'PostgreSQL and Redis' : 'PostgreSQL'],
    ['Database', config.databaseUrl ? 'DATABASE_URL' : `embedded PostgreSQL under ${config.dataDir}`],
  ];
  const lines = places.map(([name = '', place]) => `  ${name.padEnd(10)} ${place}\n`);
  return `Curfew is ready.\n\n${lines.join('')}`;
}
