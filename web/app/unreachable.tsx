/** The server didn’t say who is signed in. */
import { useState } from 'react';
import { useLanguage } from '../language/use-language.ts';
import type { Fault } from '../session/ask.ts';
import { useSessionStore } from '../session/use-session.ts';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Wordmark } from './wordmark.tsx';

export function Unreachable({ fault }: { fault: Fault }) {
  const { translate } = useLanguage();
  const store = useSessionStore();
  const [isBusy, setBusy] = useState(false);
  return (
    <main className="starting">
      <title>{translate('page.name')}</title>
      <Wordmark />
      <h1>{translate('page.unreachable')}</h1>
      <Notice tone="error">
        <p>{translate(`fault.${fault}`)}</p>
      </Notice>
      <Button
        look="primary"
        isBusy={isBusy}
        onClick={() => {
          setBusy(true);
          void store.start();
        }}
      >
        {translate('list.again')}
      </Button>
    </main>
  );
}
