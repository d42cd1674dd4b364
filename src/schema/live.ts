/** Subscriptions: what happens to the viewer's sessions, as it happens. */
import type { GraphQLResolveInfo } from 'graphql';
import type { Context } from '../context.ts';
import { requireAsker } from '../context.ts';
import { UnauthenticatedError } from '../errors.ts';
import type { Events, SessionRevoked, SessionStarted, Topic } from '../live/hub.ts';
import { rereadSession } from '../sessions/resume.ts';
import { builder } from './builder.ts';
import { assertSubscriptionSize } from './limits.ts';
import { SessionEndReason, SessionRef } from './session.ts';

const SessionRevokedEvent = builder.objectRef<SessionRevoked>('SessionRevokedEvent').implement({
  description: 'One of the viewer’s sessions ended.',
  fields: (t) => ({
    session: t.field({ type: SessionRef, resolve: (event) => event.load() }),
    reason: t.expose('reason', { type: SessionEndReason }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime' }),
    isCurrent: t.exposeBoolean('isCurrent', {
      description: 'True when the subscriber’s own session is the one that ended.',
    }),
  }),
});

const SessionStartedEvent = builder.objectRef<SessionStarted>('SessionStartedEvent').implement({
  description: 'The viewer signed in on another device.',
  fields: (t) => ({
    session: t.field({ type: SessionRef, resolve: (event) => event.load() }),
  }),
});

/**
 * Attaches first and looks at the session's row after: whatever ended it, either
 * this look or the hub notices.
 */
async function subscribe<T extends Topic>(
  topic: T,
  context: Context,
  info: GraphQLResolveInfo,
): Promise<AsyncIterable<Events[T]>> {
  assertSubscriptionSize(info, context);
  const { core, hub, connection } = context;
  const { session } = requireAsker(context);
  const queue = hub.subscribe(topic, session, connection);
  try {
    const isLive = (await rereadSession(core, session, core.clock.now())) !== null;
    // Ended between the two: the hub noticed first, and the queue holds the news of it. What it holds otherwise is
    // for none whose token was replaced.
    if (!isLive && !queue.isEnding) throw new UnauthenticatedError();
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
