// The least that a sign-in takes: one argon2id of a password, by the package and on the threads that Curfew uses.
import { createServer } from 'node:http';
import { verify } from '@node-rs/argon2';

const { PASSWORD, PASSWORD_HASH } = process.env;

const http = createServer(async (request, response) => {
  request.resume();
  const matches = await verify(PASSWORD_HASH, PASSWORD);
  response.end(JSON.stringify({ matches }));
});
http.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${http.address().port}\n`);
});
process.on('SIGTERM', () => process.exit());
