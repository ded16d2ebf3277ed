import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { carryRoutes, FASTIFY_INITIALIZATION } from './fastify.ts';

/**
 * To be called before an application is made: frameworks are asked then for what is to be read of their requests later.
 *
 * @returns what ends it
 */
export function listenToFrameworks(): () => void {
  subscribe(FASTIFY_INITIALIZATION, carryRoutes);
  return () => void unsubscribe(FASTIFY_INITIALIZATION, carryRoutes);
}
