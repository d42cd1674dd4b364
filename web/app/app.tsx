/** What is shown, by whether this device is signed in. */
import { HoldingsProvider, useSessionState } from '../session/use-session.ts';
import { Entrance } from '../sign-in/entrance.tsx';
import { Announcer } from '../ui/announcer.tsx';
import { Shell } from './shell.tsx';
import { Starting } from './starting.tsx';
import { Unreachable } from './unreachable.tsx';

export function App() {
  const state = useSessionState();
  switch (state.status) {
    case 'starting':
      return <Starting />;
    case 'unreachable':
      return <Unreachable fault={state.fault} />;
    case 'signed-out':
      return <Entrance how={state.how} />;
    case 'signed-in':
      // Another session’s components are others: none of their state goes over.
      return (
        <HoldingsProvider key={state.holdings.id} value={state.holdings}>
          <Announcer>
            <Shell live={state.live} />
          </Announcer>
        </HoldingsProvider>
      );
  }
}
