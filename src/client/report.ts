/** Calls what belongs to the host. What it throws is the host's to see, and changes nothing here. */

/** @param callback may be async. */
export function callHost(callback: () => unknown): void {
  void (async () => callback())().catch((error: unknown) => {
    if (typeof reportError === 'function') reportError(error);
    // biome-ignore lint/suspicious/noConsole: where errors can't be reported, they are at least to be seen.
    else console.error(error);
  });
}
