import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Attributes } from '@opentelemetry/api';
import { requestPath } from '@cerberus-otel/exporter-ws/internal';
import { ArrivedRequest, type RequestStart } from './arrived-request.ts';
import { methodOf } from './http-attributes.ts';

const CHANNEL = 'http.server.request.start';

/**
 * Knows the request that arrived last. Node announces each one in the same tick and just before the
 * instrumentation starts its span, so the user's HttpInstrumentation needs no hook of ours.
 */
export class RequestRegistry {
  #last: RequestStart | undefined;
  readonly #onArrival: (target: string) => void;
  readonly #onStart = (message: unknown): void => {
    this.#last = message as RequestStart;
    this.#onArrival(this.#last.request.url ?? '');
  };

  /** @param onArrival called with the target of each request, with or without a span; must not throw */
  constructor(onArrival: (target: string) => void = () => undefined) {
    this.#onArrival = onArrival;
  }

  open(): void {
    subscribe(CHANNEL, this.#onStart);
  }

  close(): void {
    unsubscribe(CHANNEL, this.#onStart);
    this.#last = undefined;
  }

  /**
   * The request of the SERVER span that is just starting. Each request is given out once, and only to a span
   * that agrees with it: a request that got no span must not lend its address to the next one.
   */
  take(attributes: Attributes): ArrivedRequest | undefined {
    const last = this.#last;
    this.#last = undefined;
    return last !== undefined && agrees(attributes, last) ? new ArrivedRequest(last) : undefined;
  }
}

function agrees(attributes: Attributes, { request, socket }: RequestStart): boolean {
  const method = methodOf(attributes);
  if (method !== undefined && method !== request.method && method !== '_OTHER') return false;
  const port = attributes['network.peer.port'];
  if (typeof port === 'number') return port === socket.remotePort;
  const target = request.url ?? '';
  const old = attributes['http.target'];
  if (typeof old === 'string') return old === target || target.endsWith(old);
  const path = attributes['url.path'];
  if (typeof path === 'string') return path === requestPath(target) || path === resolvedPath(target);
  // A span without one comparable attribute proves nothing.
  return false;
}

/** As instrumentation-http writes `url.path`: resolved against the host. */
function resolvedPath(target: string): string | undefined {
  return URL.canParse(target, 'http://localhost') ? new URL(target, 'http://localhost').pathname : undefined;
}
