/** A device that listens on a socket to a process of its own, of which a test sees no inside. */
import { print } from 'graphql';
import { vi } from 'vitest';
import { type Device, signIn } from '../device.ts';
import type { Endpoints } from '../fleet.ts';
import { SessionRevoked, SessionStarted, SignOut } from '../operations.ts';
import { type Closed, connect, type Message } from '../socket.ts';

export interface Heard {
  session: { id: string };
  /** Where a session ended. */
  isCurrent?: boolean;
  reason?: string;
}

export interface Audience {
  /** All that came over its socket since it was acknowledged, in order. */
  messages: Message[];
  closed: Promise<Closed>;
  /** What it was told of a session, in order. */
  heardOf(sessionId: string): Heard[];
}

const ATTENDED = { timeout: 20_000, interval: 5 };

const TOPICS = { sessionRevoked: SessionRevoked, sessionStarted: SessionStarted };

/**
 * Resolves once its subscription has been shown to be heard: a guest comes to
 * the same process and goes. That is as often as it takes, since nothing tells
 * a client when its subscription was made.
 *
 * @param email of the device's account.
 */
export async function attend(
  server: Endpoints,
  device: Device,
  email: string,
  topic: keyof typeof TOPICS = 'sessionRevoked',
): Promise<Audience> {
  const socket = await connect(server, { headers: device.headers });
  const messages: Message[] = [];
  const heard = new Map<string, Heard[]>();
  const collect = async () => {
    while (true) {
      const message = await socket.next();
      messages.push(message);
      for (const event of readEvents(message))
        heard.set(event.session.id, [...heardOf(event.session.id), event]);
    }
  };
  const heardOf = (sessionId: string) => heard.get(sessionId) ?? [];
  collect().catch(() => {});
  socket.subscribe(topic, print(TOPICS[topic]));
  await vi.waitFor(async () => {
    const guest = await signIn(server, email);
    await guest.ask(SignOut);
    await vi.waitUntil(() => heardOf(guest.sessionId).length > 0, { timeout: 500, interval: 5 });
  }, ATTENDED);
  return { messages, closed: socket.closed, heardOf };
}

/** None where an event could not be resolved. */
function readEvents({ type, payload }: Message): Heard[] {
  const { data } = type === 'next' ? (payload as { data: Record<string, Heard> | null }) : { data: null };
  return Object.values(data ?? {});
}
