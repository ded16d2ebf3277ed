import { verdictOn, type Grant, type TokenBook } from '../access/token-book.ts';
import { isTest } from '../event/test-event.ts';
import { isJsonObject, MAX_EVENT_BYTES, type ReadEvent } from '../event/validation.ts';
import type { RefusalReason } from '../observe/counters.ts';
import type { ProducerRef, ServiceInfo } from '../store/questions/producer.ts';
import { CLOSE } from './close-codes.ts';
import { InFlight } from './in-flight.ts';
import { parseMessage } from './message-json.ts';
import type { Peer, Session } from './peer.ts';
import type { Receiver } from './receiver.ts';
import { serviceInfoOf } from './service-info.ts';
import type { SourceConnection } from './source-activity.ts';

/** Limits of an event-mode connection. */
export interface EventLimits {
  readonly maxInFlightEvents: number;
  readonly firstEventTimeoutMillis: number;
}

const OK = JSON.stringify({ status: 'ok' });

/** One connection in event mode: each message is an event with its credentials and gets one answer, in order. */
export class EventSession implements Session {
  readonly #peer: Peer;
  readonly #receiver: Receiver;
  readonly #tokens: Pick<TokenBook, 'findSender'>;
  readonly #inFlight: InFlight;
  /** Runs until the client has shown the token; from then on an idle connection may stay. */
  #authTimer: NodeJS.Timeout | undefined;
  /** The client id of the last event: one connection may carry several, which take turns. */
  #source: { readonly clientId: string; readonly connection: SourceConnection } | undefined;
  #open = true;
  /** Resolves when everything before the next answer was answered. */
  #answered: Promise<void> = Promise.resolve();

  /** @param grant - of the token that the upgrade request carried; each event must carry one all the same */
  constructor(
    peer: Peer,
    receiver: Receiver,
    tokens: Pick<TokenBook, 'findSender'>,
    limits: EventLimits,
    grant: Grant | undefined,
  ) {
    this.#peer = peer;
    this.#receiver = receiver;
    this.#tokens = tokens;
    this.#inFlight = new InFlight(peer, limits.maxInFlightEvents, receiver.readAhead);
    if (grant !== undefined) return;
    this.#authTimer = setTimeout(() => {
      receiver.counters.refused('event_timeout');
      void this.drain(CLOSE.timeout, 'no event with the token in time');
    }, limits.firstEventTimeoutMillis);
    this.#authTimer.unref();
  }

  receive(data: Buffer): void {
    if (!this.#open) return;
    if (this.#receiver.overloaded) {
      // As with a failed store: what is not answered is sent again, after the client's backoff.
      this.#receiver.counters.refused('overloaded');
      void this.drain(CLOSE.tryAgainLater, 'overloaded');
      return;
    }
    if (data.length > MAX_EVENT_BYTES) {
      this.#refuse('too_large', `event is larger than ${MAX_EVENT_BYTES} bytes`);
      return;
    }
    const value = parseJson(data.toString('utf8'));
    if (!isJsonObject(value)) {
      this.#refuse('not_json', 'message must be a JSON object');
      return;
    }
    const grant = this.#tokens.findSender(value['token'] ?? value['api_key']);
    if (grant === undefined || verdictOn(grant, 'ingest') !== 'ok') {
      this.#receiver.counters.refused('unauthorized');
      // One that is known and for something else is no guess.
      if (grant === undefined) this.#peer.guessed();
      void this.drain(CLOSE.unauthorized, 'invalid credentials');
      return;
    }
    this.#authenticated();
    const verdict = this.#receiver.validate(value);
    if (verdict.ok && grant.application !== undefined && verdict.event.clientId !== grant.application) {
      this.#receiver.counters.refused('unauthorized');
      void this.drain(CLOSE.forbidden, 'the token is for another application');
      return;
    }
    if (verdict.ok && isTest(verdict.event)) {
      this.#inOrder(Promise.resolve(OK));
    } else if (verdict.ok) {
      this.#inOrder(this.#store(verdict, serviceInfoOf(value), data.length));
    } else {
      this.#refuse('invalid_event', verdict.error);
    }
  }

  disconnected(): void {
    this.#end();
  }

  async drain(code: number, reason: string): Promise<void> {
    this.#end();
    await this.#answered;
    this.#peer.close(code, reason);
  }

  #authenticated(): void {
    if (this.#authTimer === undefined) return;
    clearTimeout(this.#authTimer);
    this.#authTimer = undefined;
    this.#peer.authenticated();
  }

  #end(): void {
    this.#open = false;
    clearTimeout(this.#authTimer);
    this.#source?.connection.ended();
  }

  #refuse(reason: RefusalReason, error: string): void {
    this.#receiver.counters.refused(reason);
    // What strangers send is no event.
    if (this.#authTimer === undefined) this.#receiver.counters.events('rejected', 'event');
    this.#inOrder(Promise.resolve(JSON.stringify({ status: 'error', error })));
  }

  #store({ event, adjustments }: ReadEvent, service: ServiceInfo, bytes: number): Promise<string> {
    const { clientId } = event;
    const key = `event:${clientId}`;
    const producer: ProducerRef = { producer: key, clientId, mode: 'event', agent: null, service };
    if (this.#source?.clientId !== clientId) {
      this.#source?.connection.ended();
      this.#source = { clientId, connection: this.#receiver.activity.connected(producer) };
    }
    return this.#receiver
      .append(
        {
          producer,
          seq: null,
          claim: null,
          after: null,
          events: [event],
          rejected: 0,
          receivedAt: Date.now(),
          bytes,
        },
        adjustments,
      )
      .then(() => OK);
  }

  #inOrder(answer: Promise<string>): void {
    this.#inFlight.add();
    const before = this.#answered;
    this.#answered = this.#sendAfter(before, answer);
  }

  async #sendAfter(before: Promise<void>, answer: Promise<string>): Promise<void> {
    const [, text] = await Promise.allSettled([before, answer]);
    if (text.status === 'fulfilled') {
      this.#peer.send(text.value);
    } else {
      // An error answer would make the client count the event as refused for good. Without an answer it sends it again.
      this.#end();
      this.#peer.close(CLOSE.tryAgainLater, 'store failed');
    }
    this.#inFlight.remove();
  }
}

function parseJson(text: string): unknown {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}
