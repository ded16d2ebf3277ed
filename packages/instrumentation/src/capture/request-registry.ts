import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Attributes } from '@opentelemetry/api';
import { REQUEST_START } from './announcements.ts';
import { ArrivedRequest, type RequestStart } from './arrived-request.ts';
import { agrees } from './request-agreement.ts';
import type { RequestRecord } from './request-record.ts';
import { requestBeingServed } from './serving.ts';

/**
 * Knows the request that arrived last. Node announces each one in the same tick and just before the
 * instrumentation starts its span, so the user's HttpInstrumentation needs no hook of ours.
 */
export class RequestRegistry {
  #last: RequestStart | undefined;
  /** The request that a span was found to agree with last. */
  #guessed: RequestStart['request'] | undefined;
  #current: RequestRecord | undefined;
  readonly #onArrival: (target: string) => void;
  readonly #onStart = (message: unknown): void => {
    const request = (message as Partial<RequestStart> | null | undefined)?.request;
    // Somebody else may speak in Node's channel, and say less.
    if (typeof request !== 'object' || request === null) return;
    this.#last = message as RequestStart;
    this.#guessed = undefined;
    this.#current = undefined;
    try {
      this.#onArrival(request.url ?? '');
    } catch {
      // What a listener of a channel throws ends the process.
    }
  };

  /** @param onArrival called with the target of each request, with or without a span */
  constructor(onArrival: (target: string) => void = () => undefined) {
    this.#onArrival = onArrival;
  }

  open(): void {
    subscribe(REQUEST_START, this.#onStart);
  }

  close(): void {
    unsubscribe(REQUEST_START, this.#onStart);
    this.#last = undefined;
    this.#guessed = undefined;
    this.#current = undefined;
  }

  /**
   * The request of the SERVER span that is just starting. Each request is given out once, and only to a span
   * that agrees with it: a request that got no span must not lend its address to the next one. Where whoever starts the
   * span knows its request, nothing is compared.
   */
  take(attributes: Attributes): ArrivedRequest | undefined {
    const last = this.#last;
    const known = requestBeingServed();
    if (known !== undefined) {
      // Another instrumentation was there first.
      if (this.#guessed === known.request) return undefined;
      if (last?.request === known.request) this.#last = undefined;
      // Those of HTTP/2 arrive here: Node announces them in another way, several at a time.
      if (known.request.httpVersion === '2.0') this.#onArrival(known.request.url ?? '');
      return new ArrivedRequest(known);
    }
    this.#last = undefined;
    if (last === undefined || !agrees(attributes, last.request, last.socket)) return undefined;
    this.#guessed = last.request;
    return new ArrivedRequest(last);
  }

  /** The record of the request that arrived last, once it has one and until it is over. */
  get current(): RequestRecord | undefined {
    return this.#current;
  }

  /** The request that was taken last got this record. */
  began(record: RequestRecord): void {
    this.#current = record;
  }

  /** A record is not needed any more: spans are reachable through it. */
  forget(record: RequestRecord): void {
    if (this.#current === record) this.#current = undefined;
  }
}
