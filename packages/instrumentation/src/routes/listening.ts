import { subscribe } from 'node:diagnostics_channel';
import { carryRoutes, FASTIFY_INITIALIZATION } from './fastify.ts';

/** To be called before an application is made: frameworks are asked then for what is to be read of their requests later. */
export function listenToFrameworks(): void {
  subscribe(FASTIFY_INITIALIZATION, carryRoutes);
}
