#!/usr/bin/env node
// Signs a device in to Curfew's subscription, prints what it hears, and how it is cut off.
//
//     node examples/listen.mjs cfw_…token… [ws://localhost:4000/graphql]
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [token, url = 'ws://localhost:4000/graphql'] = process.argv.slice(2);
if (!token) {
  process.stderr.write('Give the token of a session: node examples/listen.mjs cfw_…\n');
  process.exit(2);
}

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${token}` },
  // 4403 says that the session ended: there is nothing to connect again for.
  shouldRetry: (event) => event.code !== 4403,
  on: {
    connected: () => process.stdout.write('Connected.\n'),
    closed: ({ code, reason }) => process.stdout.write(`Closed with ${`${code} ${reason}`.trim()}\n`),
  },
});

const query = `subscription {
  sessionRevoked { isCurrent reason revokedAt session { id device { name } } }
}`;

try {
  for await (const { data, errors } of client.iterate({ query })) {
    process.stdout.write(`${JSON.stringify(data ?? errors, null, 2)}\n`);
    // Such as UNAUTHENTICATED: a socket is taken without a session too, and the subscription says what is wrong.
    if (errors) process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${error.message ?? error.reason ?? error}\n`);
  process.exitCode = 1;
}
