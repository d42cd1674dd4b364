/** The bus of a single process: it hears itself, at once and without fail. */
import type { Bus, News } from '../sessions/news.ts';

export function createLocalBus(): Bus {
  const listeners = new Set<(news: News) => void>();
  return {
    async enlist() {},
    publish(news) {
      for (const item of news) for (const listener of listeners) listener(item);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isHeard: () => true,
    async close() {
      listeners.clear();
    },
  };
}
