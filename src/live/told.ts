/**
 * The news of the last minute or two, so that nobody is told twice of what comes
 * both by the bus and by comparing, and nobody who subscribed later is told at all.
 */
export class Told {
  #since = new Set<string>();
  #before = new Set<string>();

  /** @returns whether this is the first time. */
  add(news: string): boolean {
    if (this.#since.has(news) || this.#before.has(news)) return false;
    this.#since.add(news);
    return true;
  }

  /** Keeps what was told since the last call, and drops what is older. */
  age(): void {
    this.#before = this.#since;
    this.#since = new Set();
  }
}
