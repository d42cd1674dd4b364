/** The GraphQL-over-HTTP specification, as graphql-http checks it. */
import { serverAudits } from 'graphql-http';
import { expect, test } from 'vitest';
import { startTestServer } from '../server.ts';

const server = await startTestServer();

for (const { name, fn } of serverAudits({ url: server.endpoint, fetchFn: fetch })) {
  test(name, async () => {
    expect(await fn()).toMatchObject({ status: 'ok' });
  });
}
