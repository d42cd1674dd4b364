/** Parsed documents are kept, and take no more memory for that than they may, whatever they say. */
import type { DocumentNode } from 'graphql';
import { expect, test } from 'vitest';
import { createDocumentCache, parseDocument } from '../../src/http/documents.ts';
import { send } from '../device.ts';
import { collectGarbage } from '../garbage.ts';
import { startTestServer } from '../server.ts';

const MIB = 1024 * 1024;
const BOUND = 32 * MIB;

function usedBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** The heaviest for their length, each of a kind with a number of its own. */
const kinds: [string, (number: number) => string][] = [
  ['fields of one letter', (number) => `{${'a '.repeat(990)}b${number}}`],
  ['operations', (number) => `${'{a}'.repeat(320)}{b${number}}`],
  ['fragments', (number) => `{${'...{a}'.repeat(240)}b${number}}`],
  ['aliases', (number) => `{${'a:a '.repeat(320)}b${number}}`],
  ['comments', (number) => `{b${number} ${'#\n'.repeat(30_000)}}`],
  ['escapes', (number) => `{b${number}(c:"${'\\n'.repeat(30_000)}")}`],
  ['lines of text', (number) => `{b${number}(c:"""${'x\n'.repeat(30_000)}""")}`],
  ['one long word', (number) => `{b${number}(c:"${'x'.repeat(60_000)}")}`],
];

test.each(kinds)('of %s', (_kind, write) => {
  const cache = createDocumentCache();
  const before = usedBytes();
  let number = 0;
  // Each kind until documents were dropped for others, and as many again.
  while (cache.size === number) keep(cache, write(number++));
  for (const end = 2 * number; number < end; number++) keep(cache, write(number));
  const kept = usedBytes() - before;
  expect(kept).toBeLessThan(BOUND);
  expect(cache.size).toBeGreaterThan(5);
});

function keep(cache: { set(text: string, document: DocumentNode): unknown }, text: string): void {
  // As it comes from outside: of one piece.
  const received = Buffer.from(text).toString();
  cache.set(received, parseDocument(received));
}

test('an app’s own operations are all kept', () => {
  const cache = createDocumentCache();
  for (let number = 0; number < 1000; number++) {
    keep(
      cache,
      `query Devices${number}($first: Int, $after: String) { mySessions(first: $first, after: $after) { totalCount
        nodes { id isCurrent device { name type } ipAddress lastActiveAt } pageInfo { hasNextPage endCursor } } }`,
    );
  }
  expect(cache.size).toBe(1000);
});

test('a server that is sent one heavy operation after another, good and bad, doesn’t grow with them', async () => {
  const server = await startTestServer();
  const write = (number: number) => [
    `{${'a '.repeat(990)}b${number}}`,
    `{${'__typename '.repeat(990)}} # ${number}`,
  ];
  for (const query of write(0)) await send(server, query);
  const before = usedBytes();
  for (let number = 1; number <= 100; number++) {
    for (const query of write(number)) await send(server, query);
  }
  expect(usedBytes() - before).toBeLessThan(BOUND + 16 * MIB);
}, 60_000);
