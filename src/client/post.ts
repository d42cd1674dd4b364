/** Sends one operation over HTTP, with whatever carries the session. */

export interface Sender {
  /** Of the GraphQL endpoint. */
  url: string;
  headers?(): Record<string, string> | Promise<Record<string, string>>;
  fetch?: typeof fetch | undefined;
}

/** @throws whatever `headers` and `fetch` throw. */
export async function post(
  { url, headers, fetch: send = fetch }: Sender,
  operation: { query: string; variables?: Record<string, unknown> },
  init: RequestInit = {},
): Promise<Response> {
  return send(url, {
    ...init,
    method: 'POST',
    headers: { accept: 'application/json', ...(await headers?.()), 'content-type': 'application/json' },
    body: JSON.stringify(operation),
    credentials: 'include',
  });
}
