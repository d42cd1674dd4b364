/**
 * GraphiQL, in development: a page of our own, since one that shares an origin
 * with session cookies loads no script from elsewhere. Its policy allows the
 * one script that it has, by its hash, and what that script makes.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

interface Page {
  html: string;
  policy: string;
}

let page: Promise<Page> | null = null;

export function wantsGraphiql({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

export async function answerGraphiql(response: ServerResponse): Promise<void> {
  page ??= makePage();
  const { html, policy } = await page;
  response
    .writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': Buffer.byteLength(html),
      'Content-Security-Policy': policy,
    })
    .end(html);
}

/** Megabytes, so they are loaded when somebody asks. */
async function makePage(): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'Curfew',
    // By event streams: over a WebSocket, it sends no headers that are typed in.
    subscriptionsProtocol: 'SSE',
    credentials: 'same-origin',
    defaultQuery: DEFAULT_QUERY,
  });
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'));
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${hash}'`,
    // Its editor writes <style> elements and attributes, whose text nobody knows beforehand.
    "style-src 'unsafe-inline'",
    // Its editor's workers are made by the script.
    'worker-src blob:',
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}

const DEFAULT_QUERY = `# Press the button and choose what to run. First, sign up:

mutation SignUp {
  signUp(input: { email: "ada@example.com", password: "correct horse" }) {
    __typename
    ... on SignUpSuccess { session { id device { name } } }
    ... on UserError { message }
  }
}

# Who is signed in, and where:

query MySessions {
  viewer { email }
  mySessions {
    totalCount
    nodes { id isCurrent device { name type } ipAddress lastActiveAt }
  }
}

# Leave this running while you end a session from elsewhere:

subscription SessionRevoked {
  sessionRevoked { reason isCurrent session { id device { name } } }
}

# End one, by an id that MySessions lists: { "id": "…" } under Variables.
# To act as another device, put its token under Headers: { "authorization": "Bearer cfw_…" }

mutation RevokeSession($id: ID!) {
  revokeSession(id: $id) {
    __typename
    ... on UserError { message }
  }
}

mutation SignOutEverywhere {
  signOutEverywhere(keepCurrent: true) {
    __typename
    ... on SignOutEverywhereSuccess { revokedCount }
    ... on UserError { message }
  }
}

# When one of these answers ReauthenticationRequiredError, run this and try again:

mutation ConfirmPassword {
  confirmPassword(password: "correct horse") {
    __typename
    ... on ConfirmPasswordSuccess { confirmedUntil }
    ... on UserError { message }
  }
}
`;
