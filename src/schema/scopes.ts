/** What is found out for an operation of what whoever asks may do. */
import { RequestCache } from '@pothos/plugin-scope-auth';
import type { Context } from '../context.ts';

/**
 * To be called when the operation is done. Pothos keeps the scopes by their context,
 * weakly; but they hold the context, and what a table of V8's old objects holds, weakly
 * or not, goes on living for its small collections, of which there are dozens a second:
 * they would take seven times as long, with the whole request of each.
 */
export function forgetScopes(context: Context): void {
  RequestCache.clearForContext(context);
}
