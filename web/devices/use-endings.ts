/** Sessions that are being ended from here, for components. */
import { createContext, use } from 'react';
import type { SessionCardFragment } from '../gql/graphql.ts';
import type { Fault } from '../session/ask.ts';

/** Of a session: being ended; still there, and why; or gone, before the list was read again. */
export type Ending = { status: 'under-way' } | { status: 'failed'; fault: Fault } | { status: 'ended' };

export interface Endings {
  of(id: string): Ending | undefined;
  end(session: SessionCardFragment): Promise<void>;
  endOthers(): Promise<void>;
  /** This device’s too. */
  endAll(): Promise<void>;
  /** Why those that concern all of them failed; null when they didn’t. */
  fault: Fault | null;
}

export const EndingsContext = createContext<Endings | null>(null);

export function useEndings(): Endings {
  const endings = use(EndingsContext);
  if (!endings) throw new Error('Wrap the page in an EndingsProvider');
  return endings;
}
