import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Reporter } from '@cerberus-otel/exporter-ws/internal';
import { CONNECTION, type Announcement } from '../capture/announcements.ts';
import { announcesStreams } from '../http-server/http2-requests.ts';

/** Node's classes of servers, which it does not export. */
const SPEAK_HTTP2 = new Set(['Http2Server', 'Http2SecureServer']);

const NEEDS_NODE_22 =
  'this process serves HTTP/2, whose requests Node.js announces only from 22.17 and 24.2 on: here they give no events by ' +
  'themselves; those of HTTP/1 do (docs/frameworks.md, "What gives no event")';

/**
 * Says once, where Node does not announce requests of HTTP/2, that a server of it has a client: nothing else would.
 *
 * @param first what Node is saying at this moment, if anything
 * @returns what ends it
 */
export function sayWhereHttp2IsUnseen(reporter: Reporter, first?: Announcement): () => void {
  if (announcesStreams()) return () => undefined;
  const stop = (): void => void unsubscribe(CONNECTION, onConnection);
  function onConnection(message: unknown): void {
    // Somebody else may speak in Node's channel, and say less.
    const { socket } = (message ?? {}) as { readonly socket?: { readonly server?: unknown } | null };
    if (!speaksHttp2(socket?.server)) return;
    stop();
    reporter.condition('CERBERUS_RUNTIME', NEEDS_NODE_22);
  }
  subscribe(CONNECTION, onConnection);
  if (first?.channel === CONNECTION) onConnection(first.message);
  return stop;
}

function speaksHttp2(server: unknown): boolean {
  const { constructor: made } = (server ?? {}) as { readonly constructor?: { readonly name: string } };
  return made !== undefined && SPEAK_HTTP2.has(made.name);
}
