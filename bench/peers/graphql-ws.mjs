// What Curfew's memory is compared with: graphql-ws as its manual has it, over ws, with nothing added.
import { createServer } from 'node:http';
import { GraphQLBoolean, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';

/** An event that never comes. */
async function* never() {
  await new Promise(() => {});
  yield null;
}

const SessionRevokedEvent = new GraphQLObjectType({
  name: 'SessionRevokedEvent',
  fields: { reason: { type: GraphQLString }, isCurrent: { type: GraphQLBoolean } },
});

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields: { nothing: { type: GraphQLString } } }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: { sessionRevoked: { type: SessionRevokedEvent, subscribe: () => never() } },
  }),
});

const http = createServer((_request, response) => response.writeHead(404).end());
useServer({ schema }, new WebSocketServer({ server: http, path: '/graphql' }));
http.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${http.address().port}/graphql\n`);
});
process.on('SIGTERM', () => process.exit());
