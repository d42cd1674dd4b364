/**
 * Requests that come on a connection before those ahead of them are answered.
 * Their answers wait for their turn. When the connection closes, Node says so to the
 * answer whose turn it is, and to no other: whatever waits for one of those to close
 * would wait for ever, and be kept for as long.
 */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { addHeader } from './head.ts';

/** More than any client has under way on one connection. One packet can bring thousands. */
export const MAX_WAITING = 100;

const WAITING = Symbol('waiting');
const ENDING = Symbol('ending');

type Connection = Socket & { [WAITING]?: ServerResponse[]; [ENDING]?: boolean };

/** Says that the connection ends after this answer: Node ends it then. What comes behind it is not to be run: it would have no answer. */
export function endAfter(response: ServerResponse): void {
  const connection: Connection = response.req.socket;
  if (connection[ENDING]) return;
  connection[ENDING] = true;
  addHeader(response, 'Connection', 'close');
}

/** To be called when a request comes after whose answer Node ends the connection, as its client wants it. */
export function noteLast(response: ServerResponse): void {
  if (!response.shouldKeepAlive) (response.req.socket as Connection)[ENDING] = true;
}

/** Whether nothing more is to be run, or said, that comes on the connection. */
export function isEnding(connection: Duplex): boolean {
  return (connection as Connection)[ENDING] === true;
}

/** Whether no other answer of its connection is to come after it. */
export function isLast(response: ServerResponse): boolean {
  const waiting = (response.req.socket as Connection)[WAITING];
  return !waiting?.length || waiting.at(-1) === response;
}

/**
 * To be called for an answer that has no turn yet, when its request comes.
 * It closes with its connection from then on.
 *
 * @returns false when there are too many already.
 */
export function awaitTurn(connection: Connection, response: ServerResponse): boolean {
  let waiting = connection[WAITING];
  if (!waiting) {
    waiting = [];
    connection[WAITING] = waiting;
    connection.once('close', closeWaiting);
  }
  if (waiting.length >= MAX_WAITING) return false;
  waiting.push(response);
  response.once('close', leave);
  return true;
}

function leave(this: ServerResponse): void {
  const waiting = (this.req.socket as Connection)[WAITING];
  const place = waiting?.indexOf(this) ?? -1;
  if (place >= 0) waiting?.splice(place, 1);
}

function closeWaiting(this: Connection): void {
  for (const response of this[WAITING]?.splice(0) ?? []) {
    // Node closes the one that has the connection, or had it a moment ago.
    if (response.socket || response.writableFinished) continue;
    response.destroy();
    response.emit('close');
  }
}
