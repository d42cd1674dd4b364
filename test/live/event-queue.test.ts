/** One subscriber's queue alone: in order, nothing lost, never more than its bound. */
import { expect, test, vi } from 'vitest';
import { EventQueue } from '../../src/live/event-queue.ts';

function createQueue(limit = 10) {
  const onClose = vi.fn();
  return { queue: new EventQueue<string>(limit, onClose), onClose };
}

async function drain(queue: EventQueue<string>): Promise<string[]> {
  const events: string[] = [];
  for await (const event of queue) events.push(event);
  return events;
}

test('what is pushed before the first pull is delivered, in order', async () => {
  const { queue } = createQueue();
  queue.push('a');
  queue.push('b');
  expect(await queue.next()).toEqual({ done: false, value: 'a' });
  expect(await queue.next()).toEqual({ done: false, value: 'b' });
});

test('a pull waits for the next event', async () => {
  const { queue } = createQueue();
  const pulled = queue.next();
  queue.push('a');
  expect(await pulled).toEqual({ done: false, value: 'a' });
});

test('several pulls at once each get one event, in order', async () => {
  const { queue } = createQueue();
  const pulled = [queue.next(), queue.next()];
  queue.push('a');
  queue.push('b');
  queue.push('c');
  expect(await Promise.all(pulled)).toMatchObject([{ value: 'a' }, { value: 'b' }]);
  expect(await queue.next()).toMatchObject({ value: 'c' });
});

test('a full queue takes no more, and says so', async () => {
  const { queue, onClose } = createQueue(2);
  expect([queue.push('a'), queue.push('b'), queue.push('c')]).toEqual([true, true, false]);
  expect(onClose).not.toHaveBeenCalled();
  await queue.next();
  expect(queue.push('d')).toBe(true);
  queue.end();
  expect(await drain(queue)).toEqual(['b', 'd']);
});

test('an event that somebody waits for takes no room', () => {
  const { queue } = createQueue(1);
  void queue.next();
  expect([queue.push('a'), queue.push('b'), queue.push('c')]).toEqual([true, true, false]);
});

test('it ends once what it took is delivered', async () => {
  const { queue, onClose } = createQueue();
  queue.push('a');
  queue.push('b');
  queue.end();
  expect(onClose).not.toHaveBeenCalled();
  expect(await drain(queue)).toEqual(['a', 'b']);
  expect(onClose).toHaveBeenCalledTimes(1);
  expect(await queue.next()).toEqual({ done: true, value: undefined });
});

test('an empty one ends at once, for all who wait', async () => {
  const { queue, onClose } = createQueue();
  const pulled = [queue.next(), queue.next()];
  queue.end();
  expect(onClose).toHaveBeenCalledTimes(1);
  for (const result of await Promise.all(pulled)) expect(result.done).toBe(true);
});

test.each([
  ['end', (queue: EventQueue<string>) => queue.end()],
  ['return', (queue: EventQueue<string>) => void queue.return()],
])('what is pushed after its %s is dropped, and nobody is told that it is full', async (_how, finish) => {
  const { queue } = createQueue(1);
  finish(queue);
  expect([queue.push('a'), queue.push('b')]).toEqual([true, true]);
  expect(await drain(queue)).toEqual([]);
});

test('its consumer can leave at any time; what is not delivered is dropped', async () => {
  const { queue, onClose } = createQueue();
  queue.push('a');
  queue.push('b');
  for await (const event of queue) {
    expect(event).toBe('a');
    break;
  }
  expect(onClose).toHaveBeenCalledTimes(1);
  expect(await queue.next()).toEqual({ done: true, value: undefined });
});

test('leaving while a pull waits completes that pull', async () => {
  const { queue } = createQueue();
  const pulled = queue.next();
  await queue.return();
  expect(await pulled).toEqual({ done: true, value: undefined });
});

test('it is closed once, however often it is ended', async () => {
  const { queue, onClose } = createQueue();
  queue.push('a');
  queue.end();
  queue.end();
  await queue.return();
  queue.end();
  await queue.return();
  expect(onClose).toHaveBeenCalledTimes(1);
});
