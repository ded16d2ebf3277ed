import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { LISTEN } from '../capture/announcements.ts';
import { providerInPlace } from '../sdk/provider-in-place.ts';

/**
 * Says, when a server of HTTP begins to listen in this worker thread, that its requests are not counted. Most workers
 * serve nothing, and an SDK in each would cost them more than it gives. One that has its own is left to itself.
 *
 * @param warn called once at most, before the server listens
 */
export function sayWhereWorkerServes(warn: (code: string, message: string) => void): void {
  const onListen = (message: unknown): void => {
    if (!isHttp((message as { readonly server?: unknown } | null | undefined)?.server)) return;
    unsubscribe(LISTEN, onListen);
    if (providerInPlace() !== undefined) return;
    warn(
      'CERBERUS_WORKER',
      'a worker thread serves HTTP, and `register` counts in the main thread only: set Cerberus up in the worker with ' +
        'code (docs/frameworks.md, "Worker threads, Bun and Deno")',
    );
  };
  subscribe(LISTEN, onListen);
}

/** By what only these have, because loading `node:http` to compare would be before anybody could patch it. */
function isHttp(server: unknown): boolean {
  if (typeof server !== 'object' || server === null) return false;
  const { constructor: made } = server as { readonly constructor?: { readonly name: string } };
  return 'headersTimeout' in server || made?.name.startsWith('Http2') === true;
}
