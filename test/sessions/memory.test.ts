/** The memory of live sessions alone: it never brings back one that has ended. */
import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import type { Session } from '../../src/db/generated/prisma/client.ts';
import { SessionMemory } from '../../src/sessions/memory.ts';
import { hashSecret, makeSecret } from '../../src/sessions/token.ts';
import { sessionFactory } from '../factories/session.ts';

function makeSession(id: string = randomUUID()): Session {
  return { ...sessionFactory.build(), id, userId: randomUUID(), secretHash: hashSecret(makeSecret()) };
}

/** One that trusts what it remembers. */
const createMemory = (maxSessions = 100) => new SessionMemory(maxSessions, () => true);

interface Answer {
  resolve(session: Session | null): void;
  reject(error: Error): void;
}

/** Reads that the test answers, one after the other. */
function createReads() {
  const answers: Answer[] = [];
  const read = vi.fn(
    () => new Promise<Session | null>((resolve, reject) => void answers.push({ resolve, reject })),
  );
  /** The nth read, once it is under way. */
  const nth = (index: number) =>
    vi.waitFor(() => {
      const answer = answers[index];
      if (!answer) throw new Error(`Read ${index} is not under way`);
      return answer;
    });
  return { read, nth };
}

test('a session is read once for all who ask meanwhile, and then kept', async () => {
  const memory = createMemory();
  const session = makeSession();
  const { read, nth } = createReads();
  const asked = Array.from({ length: 100 }, () => memory.load(session.id, read));
  (await nth(0)).resolve(session);
  for (const result of await Promise.all(asked)) expect(result).toBe(session);
  expect(read).toHaveBeenCalledTimes(1);
  expect(memory.get(session.id)).toBe(session);
  expect(memory.sessions().map(({ id }) => id)).toEqual([session.id]);
});

test('what is not there is not kept, and is looked for again', async () => {
  const memory = createMemory();
  const session = makeSession();
  expect(await memory.load(session.id, async () => null)).toBeNull();
  expect(memory.get(session.id)).toBeUndefined();
  expect(await memory.load(session.id, async () => session)).toBe(session);
});

test('a session that ends while its read is under way is not brought back', async () => {
  const memory = createMemory();
  const session = makeSession();
  const { read, nth } = createReads();
  const asked = [memory.load(session.id, read), memory.load(session.id, read)];
  const answer = await nth(0);
  memory.forget([session.id]);
  const late = memory.load(session.id, read);
  answer.resolve(session);
  expect(await Promise.all([...asked, late])).toEqual([null, null, null]);
  expect(memory.get(session.id)).toBeUndefined();
  expect(read).toHaveBeenCalledTimes(1);
});

test('a session that ends in the very turn that asked for it is not brought back', async () => {
  const memory = createMemory();
  const session = makeSession();
  const asked = memory.load(session.id, async () => session);
  memory.forget([session.id]);
  expect(await asked).toBeNull();
  expect(memory.sessions().map(({ id }) => id)).toEqual([]);
});

test('a read that began after the end asks the database again', async () => {
  const memory = createMemory();
  const session = makeSession();
  await memory.load(session.id, async () => session);
  memory.forget([session.id]);
  const read = vi.fn(async () => null);
  expect(await memory.load(session.id, read)).toBeNull();
  expect(read).toHaveBeenCalledTimes(1);
});

test('a read under way when its session is doubted is made again', async () => {
  const memory = createMemory();
  const session = makeSession();
  const { read, nth } = createReads();
  const asked = memory.load(session.id, read);
  const first = await nth(0);
  memory.doubt([session.id]);
  first.resolve(session);
  (await nth(1)).resolve(null);
  expect(await asked).toBeNull();
  expect(memory.get(session.id)).toBeUndefined();
});

test('a session in doubt is read each time, until it is trusted again', async () => {
  const memory = createMemory();
  const before = makeSession();
  const after = makeSession(before.id);
  const { read, nth } = createReads();
  const asked = memory.load(before.id, read);
  const first = await nth(0);
  memory.doubt([before.id]);
  first.resolve(before);
  (await nth(1)).resolve(after);
  expect(await asked).toBe(after);
  expect(memory.get(before.id)).toBeUndefined();
  expect(memory.doubtful(0)).toEqual([before.id]);
  memory.trust([before.id]);
  await memory.load(before.id, async () => after);
  expect(memory.get(before.id)).toBe(after);
  expect(memory.doubtful(0)).toEqual([]);
});

test.each([
  ['before', ['forget', 'doubt']],
  ['after', ['doubt', 'forget']],
] as const)('doubt does not undo an end that was heard %s it', async (_when, [first, second]) => {
  const memory = createMemory();
  const session = makeSession();
  const { read, nth } = createReads();
  const asked = memory.load(session.id, read);
  const answer = await nth(0);
  memory[first]([session.id]);
  memory[second]([session.id]);
  answer.resolve(session);
  expect(await asked).toBeNull();
  expect(read).toHaveBeenCalledTimes(1);
});

test('an end that is heard during the second read of a doubted session counts', async () => {
  const memory = createMemory();
  const session = makeSession();
  const { read, nth } = createReads();
  const asked = memory.load(session.id, read);
  const first = await nth(0);
  memory.doubt([session.id]);
  first.resolve(session);
  const second = await nth(1);
  memory.forget([session.id]);
  second.resolve(session);
  expect(await asked).toBeNull();
  expect(memory.get(session.id)).toBeUndefined();
});

test('a doubted session is forgotten, and not taken for ended', async () => {
  const memory = createMemory();
  const session = makeSession();
  await memory.load(session.id, async () => session);
  const check = memory.beginCheck(session.id);
  memory.doubt([session.id]);
  expect(memory.get(session.id)).toBeUndefined();
  expect(check.heard).toBe('nothing');
});

test('whoever checks a session meanwhile hears of its end, and of no other', async () => {
  const memory = createMemory();
  const [session, other] = [makeSession(), makeSession()];
  for (const row of [session, other]) await memory.load(row.id, async () => row);
  const checks = [session, session, other].map(({ id }) => memory.beginCheck(id));
  memory.forget([session.id, randomUUID()]);
  expect(checks.map(({ heard }) => heard)).toEqual(['ended', 'ended', 'nothing']);
  expect(memory.get(other.id)).toBe(other);
});

/** What takes the row of a session out of memory, or keeps it from getting in. */
const ways: [string, number, (memory: SessionMemory, id: string) => unknown][] = [
  ['doubted', 100, (memory, id) => memory.doubt([id])],
  [
    'doubted, and trusted again',
    100,
    (memory, id) => {
      memory.doubt([id]);
      memory.trust([id]);
    },
  ],
  ['dropped for others', 1, (memory) => memory.load(randomUUID(), async () => makeSession())],
  ['cleared', 100, (memory) => memory.clear()],
  ['never remembered', 0, () => {}],
];

test.each(ways)('so does who holds a row that was %s', async (_way, bound, lose) => {
  for (const change of ['forget', 'outdate'] as const) {
    const memory = createMemory(bound);
    const session = makeSession();
    const check = memory.beginCheck(session.id);
    expect(await memory.load(session.id, async () => session)).toBe(session);
    await lose(memory, session.id);
    if (change === 'forget') memory.forget([session.id]);
    else memory.outdate(session.id);
    expect(check.heard).toBe(change === 'forget' ? 'ended' : 'renewed');
  }
});

test('an end is not undone by a new token that is heard of after it', () => {
  const memory = createMemory();
  const check = memory.beginCheck(randomUUID());
  memory.forget([check.id]);
  memory.outdate(check.id);
  expect(check.heard).toBe('ended');
});

test('a check that is over hears nothing more', () => {
  const memory = createMemory();
  const id = randomUUID();
  const [over, underWay] = [memory.beginCheck(id), memory.beginCheck(id)];
  memory.endCheck(over);
  memory.forget([id]);
  expect([over.heard, underWay.heard]).toEqual(['nothing', 'ended']);
});

test('it keeps no more than its bound, and those used last', async () => {
  const memory = createMemory(3);
  const [a, b, c, d] = [makeSession(), makeSession(), makeSession(), makeSession()];
  for (const row of [a, b, c]) await memory.load(row.id, async () => row);
  memory.get(a.id);
  await memory.load(d.id, async () => d);
  expect(new Set(memory.sessions().map(({ id }) => id))).toEqual(new Set([a.id, c.id, d.id]));
});

test('a read that fails fails for all who shared it, and is made again for the next', async () => {
  const memory = createMemory();
  const session = makeSession();
  const { read, nth } = createReads();
  const asked = [memory.load(session.id, read), memory.load(session.id, read)];
  (await nth(0)).reject(new Error('the database is away'));
  for (const result of await Promise.allSettled(asked)) expect(result.status).toBe('rejected');
  expect(await memory.load(session.id, async () => session)).toBe(session);
});

test('a read that throws at once does not stick either', async () => {
  const memory = createMemory();
  const session = makeSession();
  await expect(
    memory.load(session.id, () => {
      throw new Error('no connection');
    }),
  ).rejects.toThrow('no connection');
  expect(await memory.load(session.id, async () => session)).toBe(session);
});
