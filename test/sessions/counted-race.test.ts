/** A hundred thousand checks race revocations, and are counted: none is accepted after its revocation was made. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Core } from '../../src/core.ts';
import { revokeSession } from '../../src/sessions/end.ts';
import { resumeSession } from '../../src/sessions/resume.ts';
import { sessionFactory } from '../factories/session.ts';
import { userFactory } from '../factories/user.ts';
import { startTestServer } from '../server.ts';

const CLIENT = { ipAddress: null, userAgent: null };
const CHECKERS = 20;

interface Count {
  checks: number;
  accepted: number;
  acceptedAfter: number;
}

/** Checks one session from many places, warm and cold, while it is revoked in the middle. */
async function race(core: Core, count: Count, checksEach: number): Promise<void> {
  const { id: userId } = await userFactory.create({}, { transient: { db: core.db } });
  const transient = { core, userId };
  const { session: asker } = await sessionFactory.create({}, { transient });
  const { session, token } = await sessionFactory.create({}, { transient });
  let isRevoked = false;
  let checks = 0;
  let start = () => {};
  const halfway = new Promise<void>((resolve) => {
    start = resolve;
  });
  const checkers = Array.from({ length: CHECKERS }, async (_, checker) => {
    for (let check = 0; check < checksEach; check++) {
      const wasRevoked = isRevoked;
      const isAccepted = (await resumeSession(core, core.tokens.read(token), CLIENT)) !== null;
      if (isAccepted) count.accepted++;
      if (isAccepted && wasRevoked) count.acceptedAfter++;
      if (++checks === (CHECKERS * checksEach) / 4) start();
      // Reads under way as often as remembered sessions.
      if (check % 40 === checker) core.memory.doubt([session.id]);
      if (check % 40 === checker + 1) core.memory.trust([session.id]);
      if (check % 10 === 0) await nextTurn();
    }
  });
  await halfway;
  await revokeSession(core, { session: asker, client: CLIENT }, session.id);
  isRevoked = true;
  await Promise.all(checkers);
  count.checks += checks;
}

test.each([
  { memory: '100000', races: 40, checksEach: 130 },
  { memory: '0', races: 4, checksEach: 60 },
])(
  'with $memory sessions remembered',
  async ({ memory, races, checksEach }) => {
    const { core } = await startTestServer({ CURFEW_MEMORY_SESSIONS: memory });
    const count: Count = { checks: 0, accepted: 0, acceptedAfter: 0 };
    for (let round = 0; round < races; round++) await race(core, count, checksEach);
    expect(count.checks).toBe(races * CHECKERS * checksEach);
    expect(count.accepted).toBeGreaterThan(count.checks / 5);
    expect(count.accepted).toBeLessThan(count.checks);
    expect(count.acceptedAfter).toBe(0);
  },
  60_000,
);
