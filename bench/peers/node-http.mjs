// The least that an answer takes on Node: the bytes of one that was recorded, with its headers, once the request is read.
import { createServer } from 'node:http';

const { headers, text } = JSON.parse(process.env.ANSWER);

const http = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => response.writeHead(200, headers).end(text));
});
http.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${http.address().port}\n`);
});
process.on('SIGTERM', () => process.exit());
