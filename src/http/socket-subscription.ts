/**
 * A subscription on a socket. There are many, and nearly all of them wait: so one
 * holds its operation and its queue, and what an event takes to be answered (a
 * context, an execution) is made when there is one, and dropped after.
 */
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
} from 'graphql';
import type { Context } from '../context.ts';
import { logFault, maskError } from './errors.ts';

/**
 * Subscribes as graphql-js does.
 *
 * @param args their context is good for subscribing, and is taken out of them then.
 * @param context what the contexts of the events are made of.
 *
 * @returns the responses, or the one that says why there are none.
 */
export async function subscribeOnSocket(
  args: ExecutionArgs,
  context: Context,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return withoutFaults(source, context);
  // graphql-ws keeps these arguments for as long as the subscription lasts.
  args.contextValue = undefined;
  return new Responses(source[Symbol.asyncIterator](), args, { ...context });
}

class Responses implements AsyncIterableIterator<ExecutionResult> {
  readonly #events: AsyncIterator<unknown>;
  readonly #args: ExecutionArgs;
  readonly #context: Context;

  constructor(events: AsyncIterator<unknown>, args: ExecutionArgs, context: Context) {
    this.#events = events;
    this.#args = args;
    this.#context = context;
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    const event = await this.#events.next();
    return event.done
      ? { done: true, value: undefined }
      : { done: false, value: await this.#answer(event.value) };
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    await this.#events.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #answer(event: unknown): Promise<ExecutionResult> {
    // One of its own for each: what is cached by context must not outlast its event.
    const contextValue = { ...this.#context };
    const result = await execute({ ...this.#args, contextValue, rootValue: event });
    return withoutFaults(result, contextValue);
  }
}

function withoutFaults(result: ExecutionResult, { core, requestId }: Context): ExecutionResult {
  if (!result.errors) return result;
  for (const error of result.errors) logFault(core.log, requestId, error);
  return { ...result, errors: result.errors.map((error) => maskError(error) as GraphQLError) };
}
