/** The page of the React test: it shows what the hooks tell, and counts what is called. */
import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { SessionProvider, useLiveStatus, useSessions, useSignedOut } from '../../src/client/react.ts';

const calls: unknown[] = [];
const url = new URLSearchParams(location.search).get('url') ?? '';

function Devices() {
  const { sessions, error, revoke, signOutEverywhere } = useSessions();
  const shown = {
    status: useLiveStatus(),
    signedOut: useSignedOut(),
    sessions,
    error: error !== null,
    calls,
  };
  Object.assign(globalThis, { shown, revoke, signOutEverywhere });
  return createElement('pre', null, JSON.stringify(shown));
}

createRoot(document.body).render(
  createElement(
    StrictMode,
    null,
    createElement(
      SessionProvider,
      { url, onSignedOut: (how: unknown) => calls.push(how) },
      createElement(Devices),
    ),
  ),
);
