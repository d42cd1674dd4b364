/**
 * The host's own subscriptions over the socket of a watch. They outlast a
 * connection: each one that is good has them anew, until they end or the watch is over.
 */
import type { Connection } from './connection.ts';
import { callHost } from './report.ts';

export interface Operation {
  query: string;
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
  extensions?: Record<string, unknown> | null | undefined;
}

export interface ResultError {
  message: string;
  path?: readonly (string | number)[];
  extensions?: Record<string, unknown>;
}

export interface Result<Data> {
  data?: Data | null;
  errors?: readonly ResultError[];
  extensions?: Record<string, unknown>;
}

export interface Sink<Data> {
  next(result: Result<Data>): void;
  /** The server refuses the operation; nothing more is told of it. */
  error(errors: readonly ResultError[]): void;
  /** Nothing more comes: the server says so, or the watch is over. */
  complete(): void;
}

export interface SessionSocket {
  /**
   * For subscriptions: what has not ended is sent again over the next connection, so nothing that changes anything
   * belongs here. What a sink throws is reported to the host.
   *
   * @returns what stops it; after that its sink is not called.
   * @throws TypeError for variables that JSON has no words for.
   */
  subscribe<Data = Record<string, unknown>>(operation: Operation, sink: Sink<Data>): () => void;
}

interface Subscription {
  payload: string;
  sink: Sink<unknown>;
  /** Completes it on the connection that has it. */
  stop(): void;
}

export interface Subscriptions extends SessionSocket {
  /** Has them all, those to come too, over this connection; null for none. */
  moveTo(connection: Connection | null): void;
  /** Completes them all. */
  end(): void;
}

export function createSubscriptions(): Subscriptions {
  const subscriptions = new Set<Subscription>();
  let current: Connection | null = null;
  let isOver = false;

  function start(connection: Connection, subscription: Subscription): void {
    const { payload, sink } = subscription;
    subscription.stop = connection.subscribe(payload, {
      next: (result) => callHost(() => sink.next(result)),
      error(errors) {
        subscriptions.delete(subscription);
        callHost(() => sink.error(errors));
      },
      complete() {
        subscriptions.delete(subscription);
        callHost(() => sink.complete());
      },
    });
  }

  return {
    subscribe(operation, sink) {
      const subscription: Subscription = {
        payload: JSON.stringify(operation),
        sink: sink as Sink<unknown>,
        stop: () => {},
      };
      if (isOver) {
        // Not at once: who subscribes again whenever one completes would never come to an end.
        const timer = setTimeout(() => callHost(() => sink.complete()));
        return () => clearTimeout(timer);
      }
      subscriptions.add(subscription);
      if (current) start(current, subscription);
      return () => {
        if (subscriptions.delete(subscription)) subscription.stop();
      };
    },
    moveTo(connection) {
      current = connection;
      if (!connection) return;
      for (const subscription of subscriptions) start(connection, subscription);
    },
    end() {
      isOver = true;
      current = null;
      const ended = [...subscriptions];
      subscriptions.clear();
      for (const { sink } of ended) callHost(() => sink.complete());
    },
  };
}
