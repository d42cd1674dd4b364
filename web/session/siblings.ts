/** Tells the other tabs of this browser that somebody signed in here: their cookie is a new session’s. */

const CHANNEL = 'curfew-page';
const SIGNED_IN = 'signed-in';

export interface Siblings {
  tellSignedIn(): void;
}

export function watchSiblings(onSignedIn: () => void): Siblings {
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener('message', ({ data }) => {
    if (data === SIGNED_IN) onSignedIn();
  });
  return { tellSignedIn: () => channel.postMessage(SIGNED_IN) };
}
