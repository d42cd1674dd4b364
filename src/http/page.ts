/**
 * The page for people, as `npm run build` leaves it in dist/web: index.html at
 * `/`, and what that loads under `/assets/`, by names that change with what is
 * in them. Read once, at the start: a request names an entry of a table, and
 * never a path on the disk.
 *
 * It shares its origin with the session's cookie, so its policy lets it run and
 * load its own files alone, talk to this server alone, and be framed by nobody.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Negotiator from 'negotiator';
import type { DocumentPolicy } from './documents.ts';
import { loadOperations, type PersistedOperations } from './persisted-operations.ts';

/** Where the build leaves it; seen from `src` and from `dist` alike. */
export const PAGE_DIR = fileURLToPath(new URL('../../dist/web', import.meta.url));

/** `style-src` holds for files: what React does to `element.style` is a script's doing, and needs no leave. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  // WebSockets too: to whoever keeps to CSP 3, an origin's `wss:` is its own (Safari from 15.4).
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  // Text never becomes a script: there is no policy that could make it one.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Its name changes when it does. */
const KEPT_FOR_EVER = 'public, max-age=31536000, immutable';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** How the build compresses, the smallest first; each lies beside its file, with the ending that it has here. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** Real headers are below 200 characters. To take a longer one apart costs more than the answer; it counts as not sent. */
const MAX_HEADER_LENGTH = 512;

interface Representation {
  encoding: 'br' | 'gzip' | 'identity';
  body: Buffer;
  /** Strong, so each has its own. */
  etag: string;
}

export interface PageFile {
  headers: Readonly<Record<string, string>>;
  /** As it is, and smaller. */
  plain: Representation;
  compressed: readonly Representation[];
}

/** What is served, by path. */
export type Page = ReadonlyMap<string, PageFile>;

/** @returns null when it was not built. */
export async function loadPage(dir: string): Promise<Page | null> {
  const names = await unlessAbsent(readdir(join(dir, 'assets')));
  const index = await unlessAbsent(loadFile(join(dir, 'index.html')));
  if (!names || !index) return null;
  const page = new Map<string, PageFile>();
  // Kept nowhere, as every answer but assets: a browser's back button shows nothing of who was signed in.
  page.set('/', { ...index, headers: { ...index.headers, 'Content-Security-Policy': PAGE_POLICY } });
  for (const name of names) {
    if (name.startsWith('.') || !(extname(name) in TYPES)) continue;
    const file = await loadFile(join(dir, 'assets', name));
    page.set(`/assets/${name}`, { ...file, headers: { ...file.headers, 'Cache-Control': KEPT_FOR_EVER } });
  }
  return page;
}

async function loadFile(path: string): Promise<PageFile> {
  const compressed: Representation[] = [];
  for (const [encoding, ending] of ENCODINGS) {
    const body = await unlessAbsent(readFile(path + ending));
    if (body) compressed.push(represent(encoding, body));
  }
  return {
    headers: { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', Vary: 'Accept-Encoding' },
    plain: represent('identity', await readFile(path)),
    compressed,
  };
}

function represent(encoding: Representation['encoding'], body: Buffer): Representation {
  return { encoding, body, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}

function unlessAbsent<T>(reading: Promise<T>): Promise<T | null> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
    throw error;
  });
}

/**
 * What the page asks, as the build wrote it down: to be allowed as well where CURFEW_OPERATIONS says what is.
 *
 * @throws OperationsFileError
 */
export function loadPageOperations(dir: string, policy: DocumentPolicy): Promise<PersistedOperations> {
  return loadOperations(join(dir, 'operations.json'), policy);
}

/** Answers a GET or a HEAD, with as few bytes as the client takes. */
export function answerFile(request: IncomingMessage, response: ServerResponse, file: PageFile): void {
  const { encoding, body, etag } = choose(request, file);
  for (const [name, value] of Object.entries(file.headers)) response.setHeader(name, value);
  response.setHeader('ETag', etag);
  if (hasAlready(request, etag)) {
    response.writeHead(304).end();
    return;
  }
  if (encoding !== 'identity') response.setHeader('Content-Encoding', encoding);
  response.writeHead(200, { 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function choose({ headers }: IncomingMessage, { plain, compressed }: PageFile): Representation {
  const accept = unlessTooLong(headers['accept-encoding']);
  const accepted = new Negotiator({ headers: { 'accept-encoding': accept } }).encodings(
    compressed.map(({ encoding }) => encoding),
  );
  return compressed.find(({ encoding }) => accepted.includes(encoding)) ?? plain;
}

/** RFC 9110, section 13.1.2: compared weakly, for a cache in between may have made it weak. */
function hasAlready({ headers }: IncomingMessage, etag: string): boolean {
  const tags = unlessTooLong(headers['if-none-match'])
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag);
}

function unlessTooLong(header = ''): string {
  return header.length > MAX_HEADER_LENGTH ? '' : header;
}
