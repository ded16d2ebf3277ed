import { gzip } from 'node:zlib';
import type { Timer } from '../clock.ts';
import { traceEvents } from '../observe/event-trace.ts';
import { AGENT } from '../observe/version.ts';
import { AckDeadline } from './ack-deadline.ts';
import { eventsMessage, helloMessage, parseServerMessage, type ServerMessage } from './batch-protocol.ts';
import type { Frame } from './in-flight.ts';
import type { Lane } from './lane.ts';
import type { Message } from './message.ts';
import type { Producer } from './producer.ts';
import { serviceMembers } from '../config/service-members.ts';
import type { Session, SessionContext } from './session.ts';

/** Every server takes frames of this size, so that any event fits and no server can make us discard one. */
const MIN_FRAME_BYTES = 64 * 1024;

/** Batch mode (PROTOCOL.md): numbered frames of events, acknowledged cumulatively. */
export class BatchSession implements Session {
  readonly mode = 'batch';
  sentEvents = 0;
  answeredEvents = 0;
  isAtEnd = false;
  readonly #context: SessionContext;
  readonly #lane: Lane;
  readonly #producer: Producer;
  readonly #deadline: AckDeadline;
  #welcomeTimer: Timer | undefined;
  #throttleTimer: Timer | undefined;
  #phase: 'greeting' | 'open' | 'stopped' = 'greeting';
  #hellos = 0;
  /** The frame that is being compressed. */
  #compressing: Message | undefined;
  #maxInFlight: number;
  #maxFrameBytes = Infinity;
  /** Stored before this connection. */
  #lastSeq = 0;
  /** What the next frame has to be numbered, once there was one. */
  #nextSeq: number | undefined;
  #fetching = false;
  /** Something was settled that nobody was told of. */
  #storedBefore = false;

  constructor(context: SessionContext, lane: Lane) {
    const { config, clock, connection, frameSize } = context;
    this.#context = context;
    this.#lane = lane;
    this.#producer = lane.producer;
    this.#maxInFlight = config.maxInFlightFrames;
    this.#deadline = new AckDeadline(
      () => config.ackTimeoutMillis * frameSize.patience(this.oldestBytes),
      clock,
      () => connection.abort({ kind: 'timeout', what: 'acknowledgement' }),
    );
  }

  get inFlight(): number {
    return this.#producer.frames.sentEvents;
  }

  get oldestBytes(): number {
    return this.inFlight === 0 ? 0 : (this.#producer.frames.all[0]?.events.bytes ?? 0);
  }

  get waitedMillis(): number {
    return this.#deadline.waitedMillis;
  }

  start(): void {
    const { clock, connection, welcomeTimeoutMillis } = this.#context;
    this.#sayHello();
    this.#welcomeTimer = clock.after(welcomeTimeoutMillis, () =>
      clock.afterInput(() => {
        if (this.#phase === 'greeting') connection.abort({ kind: 'timeout', what: 'welcome' });
      }),
    );
  }

  receive(data: Buffer, isBinary: boolean): void {
    if (this.#phase === 'stopped') return;
    const message = isBinary ? undefined : parseServerMessage(data.toString());
    if (this.#phase === 'greeting') this.#greeted(message);
    else if (message === undefined || message.type === 'welcome') this.#unexpected();
    else this.#answered(message);
  }

  received(): void {
    // Each message was handled as it came: one stands for hundreds of events.
  }

  taken(_count: number, late: boolean): void {
    // What the socket took is not yet what the server stored, but if it took it late the line moves.
    if (late) this.#deadline.progress(this.#producer.frames.sentLength > 0);
  }

  pump(everything: boolean): void {
    if (this.#phase !== 'open' || this.#throttleTimer !== undefined) return;
    while (this.#hasRoom() && this.#compressing === undefined) {
      const frame = this.#nextFrame(everything);
      if (frame === undefined) break;
      this.#send(frame);
    }
    if (this.#storedBefore) {
      this.#storedBefore = false;
      this.#context.onSettled();
    }
  }

  leave(): void {
    if (this.#phase !== 'open') return;
    const { connection, tally } = this.#context;
    const { frames } = this.#producer;
    // Marked as sent, and the first that the server has to get. There is no time to compress.
    const messages = this.#compressing === undefined ? [] : [this.#compressing];
    while (this.#throttleTimer === undefined && frames.sentLength < this.#maxInFlight) {
      const frame = this.#nextFrame(true);
      if (frame === undefined) break;
      frames.markSent();
      this.#nextSeq = frame.seq + 1;
      this.sentEvents += frame.events.length;
      messages.push(eventsMessage(frame.seq, frame.events));
    }
    tally.bytesSent += connection.sendLast(messages);
  }

  stop(): void {
    this.#phase = 'stopped';
    this.#deadline.stop();
    this.#welcomeTimer?.cancel();
    this.#throttleTimer?.cancel();
    this.#producer.frames.rewind();
  }

  #sayHello(): void {
    const { config } = this.#context;
    this.#hellos += 1;
    const service = this.#lane.service ?? serviceMembers(config);
    const hello = helloMessage(config.clientId, this.#producer.id, AGENT, service);
    this.#write([Buffer.from(hello)], 'text');
  }

  #greeted(message: ServerMessage | undefined): void {
    const { config, connection, reporter } = this.#context;
    if (message?.type !== 'welcome') {
      connection.abort({ kind: 'not_batch', why: 'the backend did not answer with a welcome' });
      return;
    }
    if (this.#lane.givesNumbers && message.lastSeq > this.#producer.frames.lastSeq) {
      // Somebody else's numbers, such as a restored database's: start over under a new name rather than let the
      // server take our frames for old ones.
      if (this.#hellos > 1) {
        connection.abort({
          kind: 'protocol_violation',
          why: 'the backend claims frames of a producer it cannot know',
        });
        return;
      }
      reporter.warn(
        'the backend knows more frames of this producer than were sent: starting over as a new one',
      );
      this.#producer.renew();
      this.#sayHello();
      return;
    }
    this.#phase = 'open';
    this.#welcomeTimer?.cancel();
    this.#maxInFlight = Math.min(config.maxInFlightFrames, message.maxInFlight ?? Infinity);
    this.#maxFrameBytes = Math.max(MIN_FRAME_BYTES, message.maxFrameBytes ?? Infinity);
    this.#lastSeq = message.lastSeq;
    if (this.#settle(message.lastSeq)) this.#context.onSettled();
    this.#lane.refit(message.lastSeq, this.#maxFrameBytes);
    this.#context.judge();
    this.#context.onReady();
  }

  #answered(message: Exclude<ServerMessage, { type: 'welcome' }>): void {
    if (message.type === 'other') return this.#context.connection.unasked();
    // An answer that comes twice, or to nothing: it must not make us forget anything.
    if (!this.#producer.frames.isSent(message.seq)) return this.#unexpected();
    if (message.type === 'throttle') this.#throttle(message.seq, message.retryAfterMillis);
    else if (this.#settle(message.seq, message.type === 'invalid' ? message.rejected : []))
      this.#context.onSettled();
  }

  #unexpected(): void {
    this.#context.tally.unexpectedMessages += 1;
    this.#context.connection.unasked();
  }

  /**
   * Everything up to `seq` is stored, but for the events of `seq` at the indexes in `rejected`.
   *
   * @returns whether that settles anything
   */
  #settle(seq: number, rejected: readonly number[] = []): boolean {
    const { tally, reporter } = this.#context;
    let settled = 0;
    let bytes = 0;
    const frames = this.#producer.frames.settleThrough(seq);
    for (const frame of frames) {
      const refused =
        frame.seq === seq ? new Set(rejected.filter((index) => index < frame.events.length)).size : 0;
      tally.rejected += refused;
      tally.acked += frame.events.length - refused;
      settled += frame.events.length;
      bytes += frame.events.bytes;
      traceEvents(reporter, 'acknowledged', () => frame.events.texts());
      this.#lane.release(frame);
    }
    if (frames.length === 0) return false;
    this.answeredEvents += settled;
    this.#context.isolation.settled(settled);
    this.#context.frameSize.settled(bytes, this.#context.clock.now());
    this.#deadline.progress(this.#producer.frames.sentLength > 0);
    return true;
  }

  #throttle(seq: number, millis: number): void {
    const { clock, reporter } = this.#context;
    this.#producer.frames.rewindTo(seq);
    this.#nextSeq = seq;
    this.#deadline.progress(this.#producer.frames.sentLength > 0);
    if (this.#throttleTimer === undefined) reporter.info(`the backend asks to wait ${millis} ms`);
    this.#throttleTimer?.cancel();
    this.#throttleTimer = clock.after(millis, () => {
      this.#throttleTimer = undefined;
      this.#context.onRoom();
    });
  }

  #hasRoom(): boolean {
    const { config, connection } = this.#context;
    return (
      this.#producer.frames.sentLength < this.#maxInFlight &&
      connection.bufferedBytes < config.maxBufferedBytes
    );
  }

  /** What may be sent next, if anything: frames that were stored before are settled on the way. */
  #nextFrame(everything: boolean): Frame | undefined {
    const { frames } = this.#producer;
    for (;;) {
      const frame = frames.nextUnsent() ?? this.#lane.next(this.inFlight, everything, this.#maxFrameBytes);
      if (frame === undefined) {
        this.#fetch();
        return undefined;
      }
      if (frame.seq > this.#lastSeq) {
        // Within a connection there is no gap, in what a spool has lost a record of either.
        this.isAtEnd = this.#nextSeq !== undefined && frame.seq !== this.#nextSeq;
        return this.isAtEnd ? undefined : frame;
      }
      this.#storedBefore = this.#settle(frame.seq) || this.#storedBefore;
    }
  }

  #fetch(): void {
    const fetching = this.#fetching ? undefined : this.#lane.fetch();
    if (fetching === undefined) return;
    this.#fetching = true;
    void fetching.then((some) => {
      this.#fetching = false;
      if (some && this.#phase === 'open') this.#context.onRoom();
    });
  }

  #send(frame: Frame): void {
    if (this.inFlight === 0) this.#context.frameSize.began(this.#context.clock.now());
    this.#producer.frames.markSent();
    this.#nextSeq = frame.seq + 1;
    this.sentEvents += frame.events.length;
    traceEvents(this.#context.reporter, 'sent', () => frame.events.texts());
    const message = eventsMessage(frame.seq, frame.events);
    if (this.#context.config.compression === 'none') this.#write(message, 'text');
    else this.#compress(message);
    this.#deadline.sent();
  }

  /** Frames are compressed off the main thread, one after the other, so that they leave in their order. */
  #compress(message: Message): void {
    // A copy: the memory of the events may be used again before it is done, if a server acknowledges what it never got.
    const whole = Buffer.concat(message);
    this.#compressing = [whole];
    gzip(whole, (error, compressed) => {
      this.#compressing = undefined;
      if (this.#phase === 'stopped') return;
      if (error === null) this.#write([compressed], 'binary');
      else this.#write([whole], 'text');
      this.#context.onRoom();
    });
  }

  #write(message: Message, kind: 'text' | 'binary'): void {
    const { connection, tally } = this.#context;
    tally.bytesSent += connection.send([message], kind);
  }
}
