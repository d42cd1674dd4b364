/**
 * Whether ratios are about what they were: `--check` compares them with
 * `baseline.json`, and `--save-baseline` writes that. The bounds are wide, since
 * machines differ; what they catch is a step that makes something twice as slow.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Row } from './contest.ts';

const FILE = new URL('./baseline.json', import.meta.url);

interface Baseline {
  /** So much of the ratio of a rate may be lost, and so much be added to that of a time. */
  tolerance: number;
  /** By the id of a row. */
  ratios: Record<string, number>;
}

/** Rows that are not among these stay as they are. */
export async function saveBaseline(rows: readonly Row[]): Promise<void> {
  const measured = rows.map(({ id, ratio }) => [id, Number(ratio.median.toFixed(3))]);
  const { tolerance, ratios } = await readBaseline();
  const baseline: Baseline = { tolerance, ratios: { ...ratios, ...Object.fromEntries(measured) } };
  await writeFile(FILE, `${JSON.stringify(baseline, null, 2)}\n`);
}

async function readBaseline(): Promise<Baseline> {
  return JSON.parse(await readFile(FILE, 'utf8')) as Baseline;
}

/** @returns what is worse than it may be, a sentence each; nothing when all is well. */
export async function findRegressions(rows: readonly Row[]): Promise<string[]> {
  const { tolerance, ratios } = await readBaseline();
  if (!rows.some(({ id }) => id in ratios)) return ['baseline.json has none of these rows: --save-baseline'];
  return rows.flatMap(({ id, unit, ratio: { median } }) => {
    const before = ratios[id];
    if (before === undefined) return [];
    const bound = unit === '/s' ? before * (1 - tolerance) : before / (1 - tolerance);
    const isGood = unit === '/s' ? median >= bound : median <= bound;
    if (isGood) return [];
    const written = [median, before, bound].map((value) => value.toFixed(2));
    return [`${id}: the ratio is ${written[0]}; it was ${written[1]}, and ${written[2]} is the bound`];
  });
}
