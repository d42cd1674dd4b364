/** An answer in JSON. */
import type { ServerResponse } from 'node:http';
import { type Headers, writeHead } from './head.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  sendText(response, status, ['Content-Type', JSON_TYPE, 'Content-Length', Buffer.byteLength(text)], text);
}

/** @param headers those of the text, with its type and its length. */
export function sendText(response: ServerResponse, status: number, headers: Headers, text: string): void {
  writeHead(response, status, headers);
  response.end(text);
}
