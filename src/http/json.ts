/** An answer in JSON. */
import type { ServerResponse } from 'node:http';
import { addHeader, type Headers, writeHead } from './head.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  sendText(response, status, ['Content-Type', JSON_TYPE], text);
}

/** @param headers the answer's own, with the type of the text, and without its length. */
export function sendText(response: ServerResponse, status: number, headers: Headers, text: string): void {
  const length = Buffer.byteLength(text);
  addHeader(response, 'Content-Length', length);
  writeHead(response, status, headers);
  // Of ASCII alone, which it is where each letter is a byte, the bytes are the same, and sooner made.
  const encoding = length === text.length ? 'latin1' : 'utf8';
  if (!response.socket) {
    // It waits for those ahead of it as it is.
    response.end(text, encoding);
    return;
  }
  if (ready.length === 0) setImmediate(endReady);
  ready.push({ response, text, encoding });
}

interface ReadyAnswer {
  response: ServerResponse;
  text: string;
  encoding: BufferEncoding;
}

/** Those of this turn of the event loop, to be written one right after the other: it is dear to wake whoever reads them, and the first does it for all. */
let ready: ReadyAnswer[] = [];

/** To be called as well where something else would overtake them. */
export function endReady(): void {
  const answers = ready;
  ready = [];
  for (const { response, text, encoding } of answers) response.end(text, encoding);
}
