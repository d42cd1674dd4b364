/** Devices that are subscribed and hear nothing, all in this process. */
import type WebSocket from 'ws';
import { openSubscriber } from './subscriber.ts';

/** So many connect at once: a crowd that arrives, not a flood that overruns the listening queue. */
const ARRIVALS = 64;

interface Member {
  socket: WebSocket;
  heard: number;
  closeCode: number | null;
}

const members: Member[] = [];

/** More devices, one for each token. They are numbered in the order in which they are named. */
export async function join({
  url,
  authorizations,
}: {
  url: string;
  authorizations: string[];
}): Promise<void> {
  const first = members.length;
  const waiting = authorizations.entries();
  const admit = async () => {
    for (const [index, authorization] of waiting) {
      const state = { heard: 0, closeCode: null as number | null };
      const socket = await openSubscriber(url, authorization, {
        heard: () => {
          state.heard++;
        },
        closed: (code) => {
          state.closeCode = code;
        },
      });
      members[first + index] = Object.assign(state, { socket });
    }
  };
  await Promise.all(Array.from({ length: ARRIVALS }, admit));
}

export interface Tally {
  open: number;
  /** Of each that heard anything or was closed, by its number. */
  touched: { number: number; heard: number; closeCode: number | null }[];
}

export async function tally(): Promise<Tally> {
  const touched = members
    .map(({ heard, closeCode }, number) => ({ number, heard, closeCode }))
    .filter(({ heard, closeCode }) => heard > 0 || closeCode !== null);
  return { open: members.filter(({ closeCode }) => closeCode === null).length, touched };
}

/** All go, and are forgotten. */
export async function leave(): Promise<void> {
  await Promise.all(
    members.splice(0).map(
      ({ socket, closeCode }) =>
        new Promise<void>((resolve) => {
          if (closeCode !== null) return resolve();
          socket.once('close', () => resolve());
          socket.close(1000);
        }),
    ),
  );
}
