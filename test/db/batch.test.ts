/** Reads that are asked for at about the same time go together, and none sees less than it would alone. */
import { expect, test } from 'vitest';
import { batchReads } from '../../src/db/batch.ts';

/** Reads that are answered when a test says so: each key with itself in capitals. */
function holdReads() {
  const sent: { keys: string[]; answer(): void; fail(error: Error): void }[] = [];
  const read = batchReads(
    100,
    (keys: string[]) =>
      new Promise<string[]>((resolve, reject) => {
        sent.push({ keys, answer: () => resolve(keys.map((key) => key.toUpperCase())), fail: reject });
      }),
  );
  const isSent = async (count: number) => {
    while (sent.length < count) await new Promise(setImmediate);
  };
  return { read, sent, isSent };
}

test('nobody waits while nothing is under way', async () => {
  const { read, sent } = holdReads();
  for (const key of ['a', 'b']) {
    const found = read(key);
    expect(sent.map(({ keys }) => keys)).toContainEqual([key]);
    sent.at(-1)?.answer();
    expect(await found).toBe(key.toUpperCase());
    // What was sent is over a few steps after it was answered.
    await new Promise(setImmediate);
  }
});

test('those that are asked for meanwhile go together, and none joins what was sent already', async () => {
  const { read, sent, isSent } = holdReads();
  const first = read('a');
  const others = ['b', 'a', 'c', 'b'].map(read);
  expect(sent).toHaveLength(1);
  sent[0]?.answer();
  await isSent(2);
  expect(sent.map(({ keys }) => keys)).toEqual([['a'], ['b', 'a', 'c', 'b']]);
  sent[1]?.answer();
  expect(await Promise.all([first, ...others])).toEqual(['A', 'B', 'A', 'C', 'B']);
});

test('a fault is told to those whose statement had it, and to nobody else', async () => {
  const { read, sent, isSent } = holdReads();
  const first = read('a');
  const together = [read('b'), read('c')];
  sent[0]?.answer();
  expect(await first).toBe('A');
  await isSent(2);
  const after = read('d');
  sent[1]?.fail(new Error('the connection was lost'));
  const outcomes = await Promise.allSettled(together);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await isSent(3);
  sent[2]?.answer();
  expect(await after).toBe('D');
});

test('a statement has only so many', async () => {
  const { read, sent, isSent } = holdReads();
  const all = Array.from({ length: 251 }, (_, index) => read(`key ${index}`));
  for (let count = 1; count <= 4; count++) {
    await isSent(count);
    sent[count - 1]?.answer();
  }
  expect(sent.map(({ keys }) => keys.length)).toEqual([1, 100, 100, 50]);
  expect(await Promise.all(all)).toEqual(all.map((_, index) => `KEY ${index}`));
});

test('one that is not answered holds up nobody for long', async () => {
  const { read, sent, isSent } = holdReads();
  const stuck = read('a');
  const next = read('b');
  await isSent(2);
  sent[1]?.answer();
  expect(await next).toBe('B');
  sent[0]?.answer();
  expect(await stuck).toBe('A');
});
