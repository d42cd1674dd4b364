/**
 * Which processor core does what, so that the load and what it falls upon don't
 * take turns on one: the servers that are measured have a core of their own, the
 * load another, and the database a third where there is one, else that of the load.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** In which `/proc/<pid>/stat` counts, whatever the processor. */
const TICK_MS = 10;

/** What a process may use: one core by its number, or, with null, whatever there is. */
export type Core = number | null;

export interface Cores {
  server: Core;
  load: Core;
  database: Core;
}

const UNPINNED: Cores = { server: null, load: null, database: null };

/** Nothing is pinned where there is no `taskset`, or but one core. */
export async function chooseCores(): Promise<Cores> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const [server, load, database] = readList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '');
  if (server === undefined || load === undefined) return UNPINNED;
  const hasTaskset = await run('taskset', ['--version']).then(
    () => true,
    () => false,
  );
  return hasTaskset ? { server, load, database: database ?? load } : UNPINNED;
}

/** Such as `0-2,5`. */
function readList(text: string): number[] {
  return text.split(',').flatMap((range) => {
    const [first = '', last = first] = range.split('-');
    if (first === '') return [];
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
  });
}

/** The command that runs another on a core. */
export function pinned(core: Core, command: string, args: readonly string[]): [string, string[]] {
  return core === null ? [command, [...args]] : ['taskset', ['-c', String(core), command, ...args]];
}

/** Moves a process that runs already, with all of its threads, and what it started. */
export async function pinFamily(core: Core, pid: number): Promise<void> {
  if (core === null) return;
  const { stdout } = await run('ps', ['-o', 'pid=', '--ppid', String(pid)]).catch(() => ({ stdout: '' }));
  for (const member of [pid, ...stdout.split(/\s+/).filter(Boolean)]) {
    // A process of PostgreSQL may end meanwhile.
    await run('taskset', ['-acp', String(core), String(member)]).catch(() => {});
  }
}

/** What a process has had of the processor, in milliseconds; null where that is not to be known. */
export async function readCpuMs(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  // The name before them may have blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
