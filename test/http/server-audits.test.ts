/** The GraphQL-over-HTTP specification, as graphql-http checks it: of what Yoga answers, and of the short way. */
import { serverAudits } from 'graphql-http';
import { describe, expect, test } from 'vitest';
import { startTestServer } from '../server.ts';

describe.each(['on', 'off'])('with known operations %s', async (known) => {
  const server = await startTestServer({ CURFEW_KNOWN_OPERATIONS: known });

  // The second time around, what can be known is known.
  describe.each(['first', 'second'])('the %s time', () => {
    for (const { name, fn } of serverAudits({ url: server.endpoint, fetchFn: fetch })) {
      test(name, async () => {
        expect(await fn()).toMatchObject({ status: 'ok' });
      });
    }
  });
});
