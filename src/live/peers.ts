/**
 * The other processes, by their heartbeats. One that falls silent without
 * farewell may have ended sessions and died before it could tell: whoever
 * notices looks into the database.
 */

/** Longer than a process that is only busy lets others wait; being wrong costs a comparison. */
const SILENT_AFTER_MS = 1800;

export class Peers {
  /** When each was heard last, by the monotonic clock. */
  readonly #heardAtMs = new Map<string, number>();

  hear(peer: string): void {
    this.#heardAtMs.set(peer, performance.now());
  }

  /** It said that it goes. */
  leave(peer: string): void {
    this.#heardAtMs.delete(peer);
  }

  /** @returns whether any has fallen silent since the last call. */
  takeSilent(): boolean {
    const silent = [...this.#heardAtMs].filter(([, at]) => performance.now() - at > SILENT_AFTER_MS);
    for (const [peer] of silent) this.#heardAtMs.delete(peer);
    return silent.length > 0;
  }

  /** Nobody was heard because nothing was. */
  reset(): void {
    this.#heardAtMs.clear();
  }
}
