/** What is under way is known, whatever ends first. */
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { UnderWay } from '../../src/http/under-way.ts';

const request = new IncomingMessage(new Socket());

test('answers end in any order', () => {
  const underWay = new UnderWay();
  const expected = new Set<ServerResponse>();
  // The same each time: always the next of a row that has no order.
  let state = 1;
  const draw = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let step = 0; step < 5000; step++) {
    const [...open] = expected;
    const picked = open[draw(open.length + 1)];
    if (picked && draw(3) > 0) {
      expected.delete(picked);
      underWay.remove(picked);
    } else {
      const begun = new ServerResponse(request);
      expected.add(begun);
      underWay.add(begun);
    }
    expect(underWay.size).toBe(expected.size);
    expect(new Set(underWay.list())).toEqual(expected);
  }
});
