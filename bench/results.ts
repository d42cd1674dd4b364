/** The table at the end: as text, as Markdown, as JSON, and as a plot. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isLimitedElsewhere, isMet, type Row } from './contest.ts';
import type { Rounds } from './report.ts';

export interface Results {
  /** The command that made them. */
  command: string;
  madeAt: string;
  /** What they were made on and with. */
  machine: Record<string, string>;
  settings: Record<string, string>;
  seconds: number;
  rows: Row[];
}

const HEAD = ['', 'Curfew', 'beside', '', 'ratio (least–most)', 'goal', ''];

function writeCells(row: Row): string[] {
  const { metric, unit, peer, oursRounds, peerRounds, ratio } = row;
  const met = isMet(row);
  return [
    metric,
    writeValue(oursRounds.median, unit),
    peer,
    writeValue(peerRounds.median, unit),
    `${writeNumber(ratio.median)} × (${writeNumber(ratio.min)}–${writeNumber(ratio.max)})${isLimitedElsewhere(row) ? ' *' : ''}`,
    writeGoal(row),
    met === null ? '' : met ? 'met' : 'not met',
  ];
}

function writeValue(value: number, unit: Row['unit']): string {
  return unit === '/s' ? `${Math.round(value).toLocaleString('en')}/s` : `${value.toFixed(2)} ms`;
}

function writeNumber(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : 1);
}

function writeGoal({ goal, unit }: Row): string {
  return goal === null ? '' : `${unit === '/s' ? '≥' : '≤'} ${goal} ×`;
}

const LIMITED =
  '* One of the two servers had less than nine tenths of its core: the load, or the database, was the limit.';

/** For a terminal. */
export function writeText(rows: readonly Row[]): string {
  const table = [HEAD, ...rows.map(writeCells)];
  const widths = HEAD.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  const lines = table.map((cells) =>
    cells
      .map((cell, column) =>
        [1, 3].includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...(rows.some(isLimitedElsewhere) ? [LIMITED] : [])].join('\n');
}

/** What each pair does not have in common, once each. */
export function listUnequal(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap(({ peer, unequal }) => (unequal ? [`${peer}: ${unequal}`] : [])))];
}

function writeMarkdown({ rows, command, machine, settings, madeAt }: Results): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(HEAD),
    line(['---', '---:', '---', '---:', '---', '---', '---']),
    ...rows.map((row) => line(writeCells(row).map((cell) => cell.replaceAll('*', '\\*')))),
    '',
    ...(rows.some(isLimitedElsewhere) ? [`\\${LIMITED}`, ''] : []),
    `Made by \`${command}\` on ${madeAt.slice(0, 10)}. ${writePairs(machine)}. ${writePairs(settings)}.`,
    '',
    '![The ratios as bars, with their goals](../bench/results/full.svg)',
  ].join('\n');
}

export function writePairs(pairs: Record<string, string>): string {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}: ${value}`)
    .join('; ');
}

/** @param path without the extension. */
export async function saveResults(path: string, results: Results): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.json`, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(`${path}.svg`, writePlot(results.rows));
}

/** What a page has in the places of which each is between a mark and the next `END`. */
const PLACES: Record<string, (results: Results) => string> = {
  '<!-- The table of a full run, put here by “npm run bench -- --publish”. -->': writeMarkdown,
  '<!-- The figures of a full run, put here by “npm run bench -- --publish”. -->': writeSizing,
};
const END = '<!-- So far. -->';

/** Puts the table into a page, and what it means for the size of things. @throws when it has no place for them. */
export async function publish(page: URL, results: Results): Promise<void> {
  let text = await readFile(page, 'utf8');
  for (const [begin, write] of Object.entries(PLACES)) {
    const from = text.indexOf(begin);
    const to = text.indexOf(END, from);
    if (from < 0 || to < 0) throw new Error(`${page.pathname} has no place for “${begin}”`);
    text = `${text.slice(0, from + begin.length)}\n\n${write(results)}\n\n${text.slice(to)}`;
  }
  await writeFile(page, text);
}

/** What a core, and a database, are good for. */
function writeSizing({ rows }: Results): string {
  const rate = (id: string, side: 'oursRounds' | 'peerRounds') => {
    const row = rows.find((one) => one.id === id);
    if (!row) return 'not measured';
    const { median } = row[side];
    return `${Math.round(row.unit === 'ms' ? 1000 / median : median).toLocaleString('en')} a second`;
  };
  return [
    '| on the machine of the table | |',
    '| --- | ---: |',
    `| resumes per core, warm, by \`/session\` | ${rate('gateway/node-http', 'oursRounds')} |`,
    `| the same by GraphQL, with the user | ${rate('who-am-i/node-http', 'oursRounds')} |`,
    `| the same, while 16 sign in | ${rate('among-sign-ins/quiet', 'oursRounds')} |`,
    `| by GraphQL, cold (memory off) | ${rate('who-am-i-memory-off/better-auth', 'oursRounds')} |`,
    `| sign-ins per core | ${rate('sign-in/argon2id', 'oursRounds')} |`,
    `| revocations per core of a process | ${rate('revoke/better-auth', 'oursRounds')} |`,
    `| revocations per database, by pgbench | ${rate('revoke/pgbench', 'peerRounds')} |`,
  ].join('\n');
}

/** The plot: a bar for each ratio, on a scale of powers, with the spread and the goal. */
const LINE = 26;
const LEFT = 470;
const WIDTH = 420;
const RIGHT = 130;
const TOP = 34;
const LEAST_PLOTTED = 0.001;
const COLORS = { met: '#2f7d4f', missed: '#b4472e', plain: '#5b6b82', ink: '#1c2530', faint: '#c9d0d9' };

function writePlot(rows: readonly Row[]): string {
  const all = rows.flatMap(({ ratio, goal }) => [ratio.min, ratio.max, ...(goal === null ? [] : [goal])]);
  const least = Math.floor(powerOf(Math.min(0.5, ...all)));
  const most = Math.ceil(powerOf(Math.max(2, ...all)));
  const x = (ratio: number) => LEFT + ((powerOf(ratio) - least) / (most - least)) * WIDTH;
  const height = TOP + rows.length * LINE + 12;
  const width = LEFT + WIDTH + RIGHT;
  const powers = Array.from({ length: most - least + 1 }, (_, index) => 10 ** (least + index));
  const scale = powers.flatMap((power) => [
    `<line x1="${x(power)}" y1="${TOP - 8}" x2="${x(power)}" y2="${height - 8}" stroke="${power === 1 ? COLORS.ink : COLORS.faint}"/>`,
    `<text x="${x(power)}" y="${TOP - 14}" text-anchor="middle">${power} ×</text>`,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="${COLORS.ink}" role="img" aria-label="Curfew by its peers">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...scale,
    ...rows.flatMap((row, index) => plotRow(row, TOP + index * LINE, x)),
    '</svg>\n',
  ].join('\n');
}

/** Of a round in which nothing was answered at all, too. */
function powerOf(ratio: number): number {
  return Math.log10(Math.max(ratio, LEAST_PLOTTED));
}

function plotRow(row: Row, y: number, x: (ratio: number) => number): string[] {
  const { metric, peer, ratio, goal } = row;
  const met = isMet(row);
  const color = met === null ? COLORS.plain : met ? COLORS.met : COLORS.missed;
  const [from, to] = [Math.min(x(1), x(ratio.median)), Math.max(x(1), x(ratio.median))];
  const middle = y + LINE / 2;
  const spread = spreadOf(ratio, x, middle);
  const goalMark =
    goal === null
      ? []
      : [
          `<path d="M${x(goal)} ${y + 2} v${LINE - 4}" stroke="${COLORS.ink}" stroke-width="2" stroke-dasharray="3 2"/>`,
        ];
  return [
    `<text x="${LEFT - 12}" y="${middle + 4}" text-anchor="end">${escapeText(`${metric} · ${peer}`)}</text>`,
    `<rect x="${from}" y="${y + 6}" width="${Math.max(1, to - from)}" height="${LINE - 12}" fill="${color}"/>`,
    spread,
    ...goalMark,
    `<text x="${LEFT + WIDTH + 12}" y="${middle + 4}">${escapeText(`${writeNumber(ratio.median)} ×${goal === null ? '' : ` (${writeGoal(row)})`}`)}</text>`,
  ];
}

function spreadOf({ min, max }: Rounds, x: (ratio: number) => number, y: number): string {
  return `<path d="M${x(min)} ${y} H${x(max)} M${x(min)} ${y - 4} v8 M${x(max)} ${y - 4} v8" stroke="${COLORS.ink}" fill="none"/>`;
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
