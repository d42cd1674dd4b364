/**
 * The answers that are not finished. Not a Set: one that things go in and out of
 * makes its table anew each time that it is full of holes, and the old table points
 * to the new one. Once a table has come to be among V8's old objects, none behind it
 * is collected but with them, nor the answers that were in it, with their requests:
 * the small collections, of which there are dozens a second, take eight times as long.
 */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

const PLACE = Symbol('place');

type Placed = ServerResponse & { [PLACE]?: number };

/**
 * It would come after all answers; it would be read as the answer to the one request
 * that has none yet; or it would be lost within an answer, or taken for one of several.
 */
export type ConnectionState = 'free' | 'unanswered' | 'busy';

export class UnderWay {
  readonly #answers: Placed[] = [];

  get size(): number {
    return this.#answers.length;
  }

  add(answer: Placed): void {
    answer[PLACE] = this.#answers.length;
    this.#answers.push(answer);
  }

  remove(answer: Placed): void {
    const place = answer[PLACE];
    if (place === undefined || this.#answers[place] !== answer) return;
    const last = this.#answers.pop();
    if (!last || last === answer) return;
    this.#answers[place] = last;
    last[PLACE] = place;
  }

  /** What would become of that which is written to the connection now. */
  stateOf(connection: Duplex): ConnectionState {
    const answers = this.#answers.filter(({ req }) => req.socket === connection);
    const first = answers.find(({ socket }) => socket);
    if (!first) return 'free';
    if (answers.length > 1) return 'busy';
    if (!first.headersSent) return 'unanswered';
    return first.writableEnded && first.req.complete ? 'free' : 'busy';
  }

  /** Whether each answer of the connection needs no more of its request. */
  hasAllFor(connection: Duplex): boolean {
    return this.#answers.every(
      ({ req, writableEnded }) => req.socket !== connection || req.complete || writableEnded,
    );
  }

  /** Those of now, whatever becomes of them meanwhile. */
  list(): ServerResponse[] {
    return [...this.#answers];
  }
}
