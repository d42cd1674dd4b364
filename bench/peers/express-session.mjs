// express-session over connect-pg-simple, without its touch: each request is one read of the session, and no write.
import connectPg from 'connect-pg-simple';
import express from 'express';
import session from 'express-session';
import pg from 'pg';

const { DATABASE_URL, SESSION_SECRET } = process.env;

const Store = connectPg(session);
const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
const app = express();
app.disable('x-powered-by');
app.use(
  session({
    store: new Store({ pool, disableTouch: true, pruneSessionInterval: false }),
    secret: SESSION_SECRET,
    resave: false,
    saveUninitialized: false,
  }),
);
app.get('/me', ({ session: { id, device, email } }, response) => {
  if (!email) return response.status(401).json({});
  response.json({ currentSession: { id, device }, viewer: { email } });
});
const http = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${http.address().port}\n`);
});
process.on('SIGTERM', () => process.exit());
