/** What the benches say, and the few statistics that they say it with. */

export function report(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** What goes on, for whoever waits; not part of the result. */
export function progress(line: string): void {
  process.stderr.write(`${(performance.now() / 1000).toFixed(0).padStart(4)} s … ${line}\n`);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

export interface Distribution {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

export function describe(values: readonly number[]): Distribution {
  return {
    count: values.length,
    p50: quantile(values, 0.5),
    p99: quantile(values, 0.99),
    max: quantile(values, 1),
  };
}

/** The same number of several rounds. */
export interface Rounds {
  median: number;
  min: number;
  max: number;
}

export function overRounds(values: readonly number[]): Rounds {
  return { median: quantile(values, 0.5), min: quantile(values, 0), max: quantile(values, 1) };
}

/** Such as `14.1 (13.0–15.9)`. */
export function writeRounds({ median, min, max }: Rounds, digits = 1): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`;
}

/** A line of a table: a name, and what stands to its right. */
export function row(name: string, cells: readonly (string | number)[], width = 20): void {
  report(`  ${name.padEnd(34)}${cells.map((cell) => String(cell).padStart(width)).join('')}`.trimEnd());
}
