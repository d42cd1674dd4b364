/** Where the page begins. */
import './styles/page.css';
import { StrictMode } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { ErrorBoundary } from './app/error-boundary.tsx';
import { forgetPlace } from './app/use-hash.ts';
import { createSpeech } from './language/speech.ts';
import { SpeechProvider } from './language/use-language.ts';
import { createSessionStore } from './session/store.ts';
import { SessionStoreProvider } from './session/use-session.ts';

const speech = await createSpeech();
const store = createSessionStore(() => speech.getTranslator().language);

let wasSignedIn = false;
store.subscribe(() => {
  const { status } = store.getState();
  if (status === 'signed-out' && wasSignedIn) {
    forgetPlace();
    speech.remember();
  }
  if (status !== 'starting') wasSignedIn = status === 'signed-in';
});

// A page that is put to sleep to be shown again by the back button holds nothing, and asks anew when it wakes.
addEventListener('pagehide', ({ persisted }) => {
  if (persisted) flushSync(() => store.suspend());
});
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void store.start();
});
addEventListener('focus', () => void store.lookAgain());
addEventListener('online', () => void store.lookAgain());

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <SpeechProvider value={speech}>
        <ErrorBoundary>
          <SessionStoreProvider value={store}>
            <App />
          </SessionStoreProvider>
        </ErrorBoundary>
      </SpeechProvider>
    </StrictMode>,
  );
}
void store.start();
