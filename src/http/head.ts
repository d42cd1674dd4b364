/**
 * The head of an answer. What every answer carries is gathered first and written
 * once, along with what is the answer's own: Node looks at each header that is
 * set by itself twice.
 */
import type { ServerResponse } from 'node:http';

const HEAD = Symbol('head');

/** Names and values in turn. */
export type Headers = readonly (string | number)[];

type Begun = ServerResponse & { [HEAD]?: (string | number)[] | undefined };

/** To be called once, before anything else is said of the head. @param headers of every answer; they are copied. */
export function beginHead(response: Begun, headers: Headers): void {
  response[HEAD] = headers.slice();
}

/** One that is not there yet. */
export function addHeader(response: Begun, name: string, value: string | number): void {
  const head = response[HEAD];
  if (head) head.push(name, value);
  else response.setHeader(name, value);
}

/** For whoever writes the head without knowing of this, or puts others in the place of headers that are there. */
export function setHead(response: Begun): void {
  const head = response[HEAD] ?? [];
  response[HEAD] = undefined;
  for (let index = 0; index < head.length; index += 2) {
    response.setHeader(String(head[index]), head[index + 1] ?? '');
  }
}

/** @param headers the answer's own: none that is there already. */
export function writeHead(response: Begun, status: number, headers: Headers): void {
  const head = response[HEAD] ?? [];
  // Into what is there already: to make another array of both takes some times as long.
  for (const part of headers) head.push(part);
  response.writeHead(status, head);
}
