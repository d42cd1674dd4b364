/**
 * The answers that are not finished. Not a Set: one that things go in and out of
 * makes its table anew each time that it is full of holes, and the old table points
 * to the new one. Once a table has come to be among V8's old objects, none behind it
 * is collected but with them, nor the answers that were in it, with their requests:
 * the small collections, of which there are dozens a second, take eight times as long.
 */
import type { ServerResponse } from 'node:http';

const PLACE = Symbol('place');

type Placed = ServerResponse & { [PLACE]?: number };

export class UnderWay {
  readonly #answers: Placed[] = [];

  get size(): number {
    return this.#answers.length;
  }

  add(answer: Placed): void {
    answer[PLACE] = this.#answers.length;
    this.#answers.push(answer);
  }

  /** To be called once for each that was added. */
  remove(answer: Placed): void {
    const last = this.#answers.pop();
    const place = answer[PLACE];
    if (!last || place === undefined || last === answer) return;
    this.#answers[place] = last;
    last[PLACE] = place;
  }

  /** Those of now, whatever becomes of them meanwhile. */
  list(): ServerResponse[] {
    return [...this.#answers];
  }
}
