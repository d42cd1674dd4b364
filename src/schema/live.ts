/** Subscriptions: what happens to the viewer's sessions, as it happens. */
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import { requireAsker } from '../context.ts';
import type { SessionEndReason as EndReason } from '../db/generated/prisma/client.ts';
import { UnauthenticatedError } from '../errors.ts';
import type { SessionEvent, Topic } from '../live/hub.ts';
import { rereadSession } from '../sessions/resume.ts';
import { builder } from './builder.ts';
import { assertSubscriptionSize } from './limits.ts';
import { SessionEndReason, SessionRef } from './session.ts';

async function loadEnd(event: SessionEvent): Promise<{ at: Date; reason: EndReason }> {
  const { endedAt, endReason } = await event.load();
  if (!endedAt || !endReason) throw new Error('A session was announced as ended that has not');
  return { at: endedAt, reason: endReason };
}

const SessionRevokedEvent = builder.objectRef<SessionEvent>('SessionRevokedEvent').implement({
  description: 'One of the viewer’s sessions ended.',
  fields: (t) => ({
    session: t.field({ type: SessionRef, resolve: (event) => event.load() }),
    reason: t.field({ type: SessionEndReason, resolve: async (event) => (await loadEnd(event)).reason }),
    revokedAt: t.field({ type: 'DateTime', resolve: async (event) => (await loadEnd(event)).at }),
    isCurrent: t.exposeBoolean('isCurrent', {
      description: 'True when the subscriber’s own session is the one that ended.',
    }),
  }),
});

const SessionStartedEvent = builder.objectRef<SessionEvent>('SessionStartedEvent').implement({
  description: 'The viewer signed in on another device.',
  fields: (t) => ({
    session: t.field({ type: SessionRef, resolve: (event) => event.load() }),
  }),
});

/**
 * Attaches first and looks at the session's row after: whatever ended it, either
 * this look or the hub notices.
 */
async function subscribe(
  topic: Topic,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<AsyncIterable<SessionEvent>> {
  assertSubscriptionSize(info, context);
  const { core, hub, connection } = context;
  const { session } = requireAsker(context);
  const queue = hub.subscribe(topic, session, connection);
  try {
    const isLive = (await rereadSession(core, core.db, session, core.clock.now())) !== null;
    // Ended between the two: the hub noticed first, and the queue holds the news of it.
    if (!isLive && queue.size === 0) throw new UnauthenticatedError();
    return queue;
  } catch (error) {
    await queue.return();
    throw error;
  }
}

builder.subscriptionField('sessionRevoked', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: SessionRevokedEvent,
    description:
      'One of the viewer’s sessions ended, for whatever reason. When it is the\nsubscriber’s own session, this is the last event: the operation completes and\nthe server closes the connection.',
    subscribe: (_root, _args, context, info) => subscribe('sessionRevoked', context, info),
    resolve: (event) => event,
  }),
);

builder.subscriptionField('sessionStarted', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: SessionStartedEvent,
    description:
      'The viewer signed in on another device. Ends, without an event, with the subscriber’s own session.',
    subscribe: (_root, _args, context, info) => subscribe('sessionStarted', context, info),
    resolve: (event) => event,
  }),
);
