import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Attributes } from '@opentelemetry/api';
import { requestPath } from '@cerberus-otel/exporter-ws/internal';
import { methodOf } from './http-attributes.ts';

/** Whether a SERVER span can be that of a request, by what both say of it. */
export function agrees(attributes: Attributes, request: IncomingMessage, socket: Socket): boolean {
  const method = methodOf(attributes);
  if (method !== undefined && method !== request.method && method !== '_OTHER') return false;
  const port = attributes['network.peer.port'];
  if (typeof port === 'number') return port === socket.remotePort;
  // Cut by the SDK, perhaps. A span that is started by hand may be of a request that Node has not announced.
  const peer = attributes['network.peer.address'];
  if (typeof peer === 'string' && socket.remoteAddress?.startsWith(peer) !== true) return false;
  const target = request.url ?? '';
  const old = attributes['http.target'];
  if (typeof old === 'string') return old === target || target.endsWith(old);
  const path = attributes['url.path'];
  if (typeof path === 'string') return path === requestPath(target) || path === resolvedPath(target);
  // A span without one comparable attribute proves nothing.
  return false;
}

/** As instrumentation-http writes `url.path`: resolved against the host. */
export function resolvedPath(target: string): string | undefined {
  return URL.canParse(target, 'http://localhost') ? new URL(target, 'http://localhost').pathname : undefined;
}
