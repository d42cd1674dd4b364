/**
 * How many of the same request a server answers in a second, over connections
 * that are kept and have one request under way each: by `wrk` where it is found
 * on the PATH, since it takes least of its own core, else by autocannon.
 */
import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Core, pinned } from './cores.ts';
import type { Shot } from './shot.ts';

const run = promisify(execFile);

/** For an answer. */
const PATIENCE_SECONDS = 30;

const AUTOCANNON = fileURLToPath(new URL('./node_modules/autocannon/autocannon.js', import.meta.url));

export interface Volley {
  seconds: number;
  connections: number;
  core: Core;
}

export interface Throughput {
  perSecond: number;
  seconds: number;
}

export interface Gun {
  name: string;
  /** Shorter volleys last as long. */
  leastSeconds: number;
  /** @throws when anything was not answered with 200. */
  fire(shot: Shot, volley: Volley): Promise<Throughput>;
}

export async function chooseGun(): Promise<Gun> {
  // It says its version and how it is used, and ends with 1.
  const said = await run('wrk', ['-v']).catch((error: { stdout?: string }) => error);
  const version = /^wrk \S+/.exec(said.stdout ?? '')?.[0];
  return version
    ? { name: version, leastSeconds: 1, fire: fireWrk }
    : { name: 'autocannon', leastSeconds: 0, fire: fireAutocannon };
}

async function fireAutocannon(shot: Shot, { seconds, connections, core }: Volley): Promise<Throughput> {
  // It ends at the end of a sample.
  const args = ['--json', '--no-progress', '-L', '100', '-m', shot.method];
  args.push('-c', `${connections}`, '-d', `${seconds}`, '-t', `${PATIENCE_SECONDS}`);
  for (const [name, value] of Object.entries(shot.headers)) args.push('-H', `${name}=${value}`);
  if (shot.body !== undefined) args.push('-b', shot.body);
  const har = join(tmpdir(), `curfew-bench-${process.pid}.har`);
  if (shot.cookies) {
    await writeFile(har, writeHar(shot));
    args.push('--har', har);
  }
  const { stdout } = await run(...pinned(core, process.execPath, [AUTOCANNON, ...args, shot.url])).finally(
    () => rm(har, { force: true }),
  );
  const result = JSON.parse(stdout) as Record<'2xx' | 'non2xx' | 'errors' | 'timeouts' | 'duration', number>;
  const failures = result.non2xx + result.errors + result.timeouts;
  if (failures > 0) throw new Error(`${failures} requests to ${shot.url} failed`);
  return { perSecond: result['2xx'] / result.duration, seconds: result.duration };
}

async function fireWrk(shot: Shot, { seconds, connections, core }: Volley): Promise<Throughput> {
  const script = join(tmpdir(), `curfew-bench-${process.pid}.lua`);
  await writeFile(script, writeScript(shot));
  try {
    const args = [
      '-t',
      '1',
      '-c',
      `${connections}`,
      '--timeout',
      `${PATIENCE_SECONDS}s`,
      '-d',
      `${Math.max(1, Math.round(seconds))}s`,
    ];
    const { stdout } = await run(...pinned(core, 'wrk', [...args, '-s', script, shot.url]));
    const failure = /Non-2xx.*|Socket errors.*/.exec(stdout)?.[0];
    if (failure) throw new Error(`Requests to ${shot.url} failed: ${failure}`);
    const [, took = '', unit = ''] = / requests in ([\d.]+)(m?s),/.exec(stdout) ?? [];
    const perSecond = Number(/^Requests\/sec:\s+([\d.]+)/m.exec(stdout)?.[1]);
    return { perSecond, seconds: Number(took) / (unit === 'ms' ? 1000 : 1) };
  } finally {
    await rm(script, { force: true });
  }
}

function writeScript({ method, body, headers, cookies }: Shot): string {
  const lines = [`wrk.method = ${JSON.stringify(method)}`];
  if (body !== undefined) lines.push(`wrk.body = ${writeLua(body)}`);
  for (const [name, value] of Object.entries(headers)) {
    lines.push(`wrk.headers[${writeLua(name)}] = ${writeLua(value)}`);
  }
  if (!cookies) return lines.join('\n');
  // Written once, so that taking turns costs the load nothing.
  return `${lines.join('\n')}
local cookies = { ${cookies.map(writeLua).join(', ')} }
local requests, turn = {}, 0
init = function()
  for i, cookie in ipairs(cookies) do
    wrk.headers["cookie"] = cookie
    requests[i] = wrk.format()
  end
end
request = function()
  turn = turn % #requests + 1
  return requests[turn]
end`;
}

/** What autocannon takes for several requests in turn. */
function writeHar({ method, url, body, headers, cookies = [] }: Shot): string {
  const entries = cookies.map((cookie) => {
    const all = Object.entries({ ...headers, cookie }).map(([name, value]) => ({ name, value }));
    return {
      request: { method, url, headers: all, ...(body !== undefined && { postData: { text: body } }) },
    };
  });
  return JSON.stringify({ log: { entries } });
}

/** Bytes that are not plain letters as Lua escapes, whatever they are. */
function writeLua(text: string): string {
  const bytes = [...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, '0')}`);
  return `"${bytes.join('')}"`;
}
