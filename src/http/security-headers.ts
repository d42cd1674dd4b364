/**
 * What browsers are told with every answer, refusals and errors too: nothing
 * here is a page, so nothing may be run from it, framed, kept, or embedded by
 * other sites. GraphiQL, in development, comes with a policy of its own.
 */
/** For answers that are data: were one of them taken for a page, nothing in it would run or load. */
const DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Two years, as browsers' preload lists ask for. They mind it over TLS alone. */
const TRANSPORT_SECURITY = 'max-age=63072000; includeSubDomains';

export function listSecurityHeaders({ production }: { production: boolean }): Record<string, string> {
  return {
    'Content-Security-Policy': DATA_POLICY,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    // Keeps out <img> and <script> of other origins. What CORS allows is not concerned: those of CURFEW_ORIGINS fetch.
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
    ...(production ? { 'Strict-Transport-Security': TRANSPORT_SECURITY } : {}),
  };
}
