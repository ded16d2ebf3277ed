import type { Grant, TokenBook } from '../access/token-book.ts';
import type { RefusalReason } from '../observe/counters.ts';
import type { ProducerRef } from '../store/questions/producer.ts';
import type { AppendOutcome, ProducerClaim } from '../store/store.ts';
import {
  formatAck,
  formatInvalid,
  formatThrottle,
  formatWelcome,
  parseClientMessage,
  type EventsMessage,
  type HelloMessage,
} from './batch-protocol.ts';
import { CLOSE } from './close-codes.ts';
import { frameBytes } from './frame-bytes.ts';
import { InFlight } from './in-flight.ts';
import type { Peer, Session } from './peer.ts';
import type { ProducerOwner, ProducerRegistry } from './producer-registry.ts';
import type { Receiver, SortedEvents } from './receiver.ts';
import type { SourceConnection } from './source-activity.ts';

/** Limits of a batch-mode connection. */
export interface BatchLimits {
  readonly maxFrameBytes: number;
  readonly maxInFlightFrames: number;
  readonly throttleMillis: number;
  readonly helloTimeoutMillis: number;
}

/**
 * Most events in one frame. If all are refused, the answer names this many indexes and must stay under the 64 KiB that
 * a client takes.
 */
export const MAX_FRAME_EVENTS = 10_000;

/** Who sends, and whether they still may. */
export interface Sender {
  readonly grant: Grant;
  readonly tokens: Pick<TokenBook, 'holds'>;
}

type Phase = 'awaiting-hello' | 'welcoming' | 'ready' | 'closed';

/** One connection in batch mode. */
export class BatchSession implements Session, ProducerOwner {
  readonly #peer: Peer;
  readonly #receiver: Receiver;
  readonly #registry: ProducerRegistry;
  readonly #limits: BatchLimits;
  readonly #sender: Sender;
  readonly #inFlight: InFlight;
  readonly #helloTimer: NodeJS.Timeout;
  #phase: Phase = 'awaiting-hello';
  #producer: ProducerRef | undefined;
  #activity: SourceConnection | undefined;
  /** From the store, since `welcome`. */
  #claim: number | null = null;
  /** Sequence number of this connection's first frame. */
  #first: number | undefined;
  /** Sequence number that must come next. */
  #next: number | undefined;
  /** The throttled frame for which everything later is discarded. */
  #throttled: number | undefined;
  /** The throttled frame that came again last, and how many have. */
  #returned = { seq: 0, count: 0 };

  constructor(
    peer: Peer,
    receiver: Receiver,
    registry: ProducerRegistry,
    limits: BatchLimits,
    sender: Sender,
  ) {
    this.#peer = peer;
    this.#receiver = receiver;
    this.#registry = registry;
    this.#limits = limits;
    this.#sender = sender;
    // One more than the window: a client that keeps it is never slowed down.
    this.#inFlight = new InFlight(peer, limits.maxInFlightFrames + 1, receiver.readAhead);
    this.#helloTimer = setTimeout(() => {
      this.#fail('hello_timeout', CLOSE.timeout, 'no hello in time');
    }, limits.helloTimeoutMillis);
    this.#helloTimer.unref();
  }

  receive(data: Buffer, binary: boolean): void {
    if (this.#phase === 'closed') return;
    const frame = frameBytes(data, binary, this.#limits.maxFrameBytes);
    if (!frame.ok) {
      if (frame.reason === 'too_large') this.#fail('too_large', CLOSE.tooLarge, 'frame too large');
      else this.#fail(frame.reason, CLOSE.protocolError, 'binary message is not the gzip of a text');
      return;
    }
    const message = parseClientMessage(frame.bytes);
    if (message.type === 'events' && message.events.length > MAX_FRAME_EVENTS) {
      this.#fail('too_large', CLOSE.tooLarge, `more than ${MAX_FRAME_EVENTS} events in a frame`);
      return;
    }
    if (message.type === 'malformed') this.#fail(message.reason, CLOSE.protocolError, message.error);
    else if (message.type === 'hello') this.#onHello(message);
    else if (message.type === 'events') this.#onEvents(message, data.length);
  }

  disconnected(): void {
    this.#end();
  }

  supersede(): void {
    if (this.#phase === 'closed') return;
    this.#receiver.counters.add('superseded');
    this.#end();
    this.#peer.close(CLOSE.superseded, 'a newer connection of this producer took over');
  }

  get application(): string | undefined {
    return this.#phase === 'ready' ? this.#producer?.clientId : undefined;
  }

  settled(): Promise<void> {
    return this.#inFlight.settled();
  }

  async drain(code: number, reason: string): Promise<void> {
    this.#end();
    await this.settled();
    this.#peer.close(code, reason);
  }

  #end(): void {
    this.#phase = 'closed';
    clearTimeout(this.#helloTimer);
    this.#leave();
  }

  /** Gives up the name that this connection has. */
  #leave(): void {
    this.#activity?.ended();
    if (this.#producer !== undefined) void this.#registry.release(this.#producer.producer, this);
  }

  #fail(reason: RefusalReason, code: number, error: string): void {
    this.#receiver.counters.refused(reason);
    this.#end();
    this.#peer.close(code, error);
  }

  /** A second hello is allowed until the first frame: a client that finds itself ahead of itself takes a new name. */
  #onHello(hello: HelloMessage): void {
    if (this.#phase === 'welcoming' || this.#first !== undefined) {
      this.#fail('invalid_message', CLOSE.protocolError, 'hello out of turn');
      return;
    }
    const { application } = this.#sender.grant;
    if (application !== undefined && hello.clientId !== application) {
      this.#fail('unauthorized', CLOSE.forbidden, 'the token is for another application');
      return;
    }
    clearTimeout(this.#helloTimer);
    this.#leave();
    const { producer, clientId, agent, service } = hello;
    this.#producer = { producer, clientId, agent, service, mode: 'batch' };
    this.#activity = this.#receiver.activity.connected(this.#producer);
    this.#phase = 'welcoming';
    void this.#welcome(this.#producer);
  }

  async #welcome(producer: ProducerRef): Promise<void> {
    try {
      const claimed = await this.#claimed(producer);
      if (this.#phase !== 'welcoming') return;
      if (claimed === undefined) {
        this.#fail('unauthorized', CLOSE.forbidden, 'the producer is of another application');
        return;
      }
      this.#phase = 'ready';
      this.#claim = claimed.claim;
      const { maxInFlightFrames: maxInFlight, maxFrameBytes } = this.#limits;
      this.#peer.send(formatWelcome({ lastSeq: claimed.lastSeq, maxInFlight, maxFrameBytes }));
    } catch {
      if (this.#phase === 'welcoming') this.#fail('store_failed', CLOSE.tryAgainLater, 'store failed');
    }
  }

  /** `undefined` where it is another application's producer, which keeps its connection. */
  async #claimed(producer: ProducerRef): Promise<ProducerClaim | undefined> {
    const clear = this.#registry.claim(producer, this);
    if (clear === undefined) return undefined;
    await clear;
    return this.#receiver.claim(producer);
  }

  #onEvents(frame: EventsMessage, bytes: number): void {
    const producer = this.#producer;
    if (this.#phase !== 'ready' || producer === undefined) {
      this.#fail('invalid_message', CLOSE.protocolError, 'events before welcome');
      return;
    }
    if (!this.#sender.tokens.holds(this.#sender.grant)) {
      this.#fail('unauthorized', CLOSE.unauthorized, 'the token was revoked');
      return;
    }
    if (!this.#isExpected(frame.seq)) return;
    this.#first ??= frame.seq;
    if (this.#receiver.overloaded) {
      this.#receiver.counters.refused('overloaded');
      this.#throttle(frame.seq);
      return;
    }
    this.#next = frame.seq + 1;
    void this.#store(producer, frame, bytes);
  }

  #isExpected(seq: number): boolean {
    if (this.#throttled !== undefined) {
      if (seq !== this.#throttled) {
        this.#receiver.counters.add('discarded');
        return false;
      }
      this.#throttled = undefined;
      this.#returned = { seq, count: this.#returned.count + 1 };
      return true;
    }
    if (this.#next === undefined || seq === this.#next) return true;
    this.#fail('sequence_gap', CLOSE.protocolError, `expected seq ${this.#next}, got ${seq}`);
    return false;
  }

  async #store(producer: ProducerRef, frame: EventsMessage, bytes: number): Promise<void> {
    const { seq } = frame;
    const sorted = this.#receiver.sort(frame.events, producer.clientId);
    if (sorted.isTest && seq === this.#first) {
      this.#answerTest(seq);
      return;
    }
    const stored = this.#receiver.append(
      {
        producer,
        seq,
        claim: this.#claim,
        after: seq === this.#first ? null : seq - 1,
        events: sorted.events,
        rejected: sorted.rejected.length,
        receivedAt: Date.now(),
        bytes,
      },
      sorted.adjustments,
    );
    this.#inFlight.add();
    const before = this.#returned.count;
    try {
      this.#answer(seq, sorted, await stored);
    } catch {
      // The commit failed, so nothing of this frame may be acknowledged. Throttle rather than close: the connection
      // is fine, and the client keeps its frames in order until the store is. Should the commit have reached the disk
      // all the same, the frame's return finds its number in `last_seq` and is only acknowledged.
      if (this.#receiver.sendsAway) this.#sendAway();
      // One before it has come again since: so does this one, or has, and is answered then.
      else if (before === this.#returned.count || seq <= this.#returned.seq) this.#throttle(seq);
    } finally {
      this.#inFlight.remove();
    }
  }

  /** For an exporter keeps what is not acknowledged, and connects again, perhaps to a server that reaches the store. */
  #sendAway(): void {
    if (this.#phase === 'closed') return;
    this.#end();
    this.#peer.close(CLOSE.storeLost, 'the database is out of reach');
  }

  /** The store does not learn of the producer, and the next frame is the first. */
  #answerTest(seq: number): void {
    this.#first = undefined;
    this.#next = undefined;
    this.#peer.send(formatAck(seq));
  }

  #answer(seq: number, { rejected }: SortedEvents, outcome: AppendOutcome): void {
    if (outcome.status === 'superseded') {
      this.supersede();
      return;
    }
    // Behind a throttled frame the client expects no answers; the frame will come again and be answered then.
    if (outcome.status === 'gap' || (this.#throttled !== undefined && seq > this.#throttled)) {
      this.#receiver.counters.add('discarded');
      return;
    }
    this.#peer.send(rejected.length > 0 ? formatInvalid(seq, rejected) : formatAck(seq));
  }

  #throttle(seq: number): void {
    // Appends settle in order: a later failure belongs to a frame that comes again anyway.
    if (this.#throttled !== undefined && seq > this.#throttled) return;
    this.#throttled = seq;
    this.#receiver.counters.add('throttled');
    this.#activity?.throttled();
    this.#peer.send(formatThrottle(seq, this.#limits.throttleMillis));
  }
}
