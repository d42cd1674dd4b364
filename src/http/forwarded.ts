/**
 * For whom a request was forwarded, as proxies on its way have written it into
 * `X-Forwarded-For` or into `Forwarded` (RFC 7239): the nearest one last.
 *
 * Whoever sends the request writes the beginning of the header, so it is read
 * from its end, and no further than it is believed: nothing that stands in
 * front, such as a quote that is never closed, changes what a proxy has said.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { ForwardedHeader } from '../config.ts';

/** An identifier as it was written, which may be no address; null where a proxy did not say for whom. */
export type ForwardedFor = string | null;

/** The nearest first. Only the header that is chosen is looked at: a proxy hands on the other one unread. */
export function readForwarded(headers: IncomingHttpHeaders, header: ForwardedHeader): Iterable<ForwardedFor> {
  // Several lines of one header come joined, in their order.
  const text = headers[header] ?? '';
  const list = Array.isArray(text) ? text.join(',') : text;
  return header === 'forwarded' ? readElements(list) : readAddresses(list);
}

function* readAddresses(list: string): Generator<ForwardedFor> {
  for (const address of splitFromEnd(list, ',')) {
    if (address !== '') yield address;
  }
}

function* readElements(list: string): Generator<ForwardedFor> {
  for (const element of splitFromEnd(list, ',')) {
    if (element !== '') yield readFor(element);
  }
}

/**
 * Parts of a list without the blanks around them, the last one first. A
 * separator between quotes separates nothing; seen from the end, quotes open
 * at the nearest one that no backslash escapes.
 */
function* splitFromEnd(list: string, separator: ',' | ';'): Generator<string> {
  let end = list.length;
  let isQuoted = false;
  for (let index = list.length - 1; index >= 0; index--) {
    const character = list[index];
    if (character === '"' && !(isQuoted && isEscaped(list, index))) isQuoted = !isQuoted;
    if (character !== separator || isQuoted) continue;
    yield list.slice(index + 1, end).trim();
    end = index;
  }
  yield list.slice(0, end).trim();
}

function isEscaped(text: string, index: number): boolean {
  let start = index;
  while (text[start - 1] === '\\') start--;
  return (index - start) % 2 === 1;
}

/** A name and its value, bare or in quotes. Bare addresses with a port are wrong, and written all the same. */
const PAIR = /^([!#$%&'*+.^_`|~\w-]+)=(?:([^\s"\\]+)|"((?:[^"\\]|\\.)*)")$/;

/** @returns what stands in the one `for` of an element; null for an element that is not well formed. */
function readFor(element: string): ForwardedFor {
  let found: ForwardedFor = null;
  for (const text of splitFromEnd(element, ';')) {
    if (text === '') continue;
    const [, name, bare, quoted] = PAIR.exec(text) ?? [];
    if (name === undefined) return null;
    if (name.toLowerCase() !== 'for') continue;
    // Which of two would be meant is not ours to guess.
    if (found !== null) return null;
    found = bare ?? (quoted ?? '').replaceAll(/\\(.)/g, '$1');
  }
  return found;
}
