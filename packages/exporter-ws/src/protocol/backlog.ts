import type { Clock } from '../clock.ts';
import type { ExporterConfig } from '../config/config.ts';
import { traceEvents } from '../observe/event-trace.ts';
import type { Reporter } from '../observe/reporter.ts';
import type { DropReason, Tally } from '../observe/stats.ts';
import { Barriers } from '../queue/barriers.ts';
import type { SendingQueue } from '../queue/sending-queue.ts';
import type { Spool } from '../spool/spool.ts';
import { FrameSize } from './frame-size.ts';
import { Isolation } from './isolation.ts';
import { MemoryLane, type Lane } from './lane.ts';
import { framesToSave } from './saving.ts';
import { SpoolLine } from './spool-line.ts';

/** What a backlog works with. */
export interface BacklogParts {
  readonly config: ExporterConfig;
  readonly queue: SendingQueue;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly spool: Spool | undefined;
}

/** Everything that was accepted and whose fate is not known, wherever it lies: in the queue, in frames, set aside, on disk. */
export class Backlog {
  readonly isolation: Isolation;
  readonly frameSize: FrameSize;
  readonly memory: MemoryLane;
  readonly #parts: BacklogParts;
  readonly #barriers = new Barriers();
  readonly #spool: SpoolLine | undefined;
  #isReady: boolean;
  #isSaved = false;
  /** Of the events in memory, those that are on disk too, now that the end has come. */
  #kept = 0;
  /** Events that outlive this exporter on disk, once its end has come. */
  #left: number | undefined;
  /** Of the files that its end has written. */
  #savedBytes = 0;

  constructor(parts: BacklogParts) {
    const { config, queue, clock, spool } = parts;
    this.#parts = parts;
    this.isolation = new Isolation({
      maxPoisonAttempts: config.maxPoisonAttempts,
      widestWindow: Math.max(config.maxInFlightEvents, config.maxInFlightFrames * config.maxBatchEvents),
      retry: { initialMillis: config.initialBackoffMillis, maxMillis: config.maxBackoffMillis },
      now: () => clock.now(),
    });
    const { ackTimeoutMillis, maxBatchBytes: maxBytes } = config;
    this.frameSize = new FrameSize({ ackTimeoutMillis, maxBytes });
    this.memory = new MemoryLane({ config, queue, isolation: this.isolation, frameSize: this.frameSize });
    this.#spool = spool && new SpoolLine({ spool, queue, isolation: this.isolation });
    this.#isReady = spool === undefined;
  }

  /** Events in memory that wait to be sent, the first time or again. */
  get queued(): number {
    const { frames } = this.memory.producer;
    const unsent = frames.unsentEvents + (this.#spool?.unsentEvents ?? 0);
    return this.#parts.queue.length + unsent + this.isolation.quarantine.waiting;
  }

  /** Events and bytes on disk, or on their way there. */
  get spooled(): { readonly events: number; readonly bytes: number } {
    const { events = 0, bytes = 0 } = this.#spool ?? {};
    return { events: this.#left ?? events, bytes: bytes + this.#savedBytes };
  }

  /** Whether it is known what earlier processes left. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Whether there is anything to send, now that it is known what earlier processes left. */
  get hasWork(): boolean {
    return this.#isReady && (this.queued > 0 || (this.#spool?.events ?? 0) > 0);
  }

  /** Whether something waits in memory for a batch to fill up, or for its turn. */
  get waits(): boolean {
    return this.#parts.queue.length > 0 || this.isolation.quarantine.waiting > 0;
  }

  /** Whether newer events have to follow others that are on disk, so that the order stays. */
  get holds(): boolean {
    return this.#spool?.holds === true;
  }

  /** Whether what is in memory at the end goes to disk. */
  get savesWhatIsLeft(): boolean {
    return this.#spool !== undefined;
  }

  /** Somebody waits for events to be settled. */
  get isAwaited(): boolean {
    return this.#barriers.active;
  }

  /** Whose frames have to be sent next. */
  get lane(): Lane {
    const memoryWaits = this.#parts.queue.length > 0 || this.memory.producer.frames.length > 0;
    return this.#spool?.lane(memoryWaits) ?? this.memory;
  }

  /** Takes over what processes that are gone left on disk: it comes before everything that was not sent. */
  async adopt(): Promise<void> {
    const events = (await this.#spool?.adopt()) ?? 0;
    if (this.#left !== undefined) return;
    this.#isReady = true;
    this.#parts.tally.accepted += events;
    this.#precede(events);
    if (events === 0) return;
    this.#parts.reporter.info(`${events} events of an earlier process are on disk`);
    // What ends connections is found by its place in front of all others.
    if (!this.isolation.mustTakeApart) this.#moveBehind();
  }

  /** So many events that a process which is gone had accepted come before all others. */
  #precede(events: number): void {
    this.#barriers.shift(events);
    this.isolation.quarantine.shift(events);
  }

  /** Events on disk are lost, which settles them. @param found so many of them were not known before */
  noteLost(found: number): void {
    this.#precede(found);
    this.noteSettled();
  }

  /** What was accepted meanwhile comes after what was found, and so do all newer events: they follow on disk. */
  #moveBehind(): void {
    const { queue, spool } = this.#parts;
    if (spool === undefined || queue.length === 0) return;
    const early = queue.take(Infinity, Infinity);
    let hasRoom = true;
    const moved = early.map((chunk, start, end) => {
      hasRoom &&= spool.add(chunk.subarray(start, end), copy);
      return hasRoom;
    });
    queue.putBack(early);
    const count = moved.filter(Boolean).length;
    if (count > 0) queue.release(queue.take(count, Infinity));
  }

  /** Event mode knows no frames: all their events go through the queue. */
  dissolve(): void {
    this.#parts.queue.putBack(this.memory.producer.frames.dissolve());
    this.#spool?.surrenderAll();
  }

  /** Lets what is on disk go through the queue, where it has to: in event mode, or while something in it ends connections. */
  feed(mode: 'batch' | 'event', onMore: () => void): void {
    if (mode === 'event' || this.isolation.mustTakeApart) this.#spool?.feed(onMore);
  }

  /** Events whose fate is known, or that an end has left to the next process. */
  get #done(): number {
    return this.#parts.tally.settled + (this.#left ?? 0);
  }

  /** How many of the first `target` accepted events are not settled. */
  #unsettled(target: number): number {
    const { quarantine } = this.isolation;
    const left = target - this.#done - quarantine.size;
    return quarantine.countBefore(target) + Math.max(0, left);
  }

  /** Calls `done` when the first `target` accepted events are settled; undefined when they are. `cancel` returns how many are not. */
  whenSettled(target: number, done: () => void): { cancel(): number } | undefined {
    if (this.#unsettled(target) === 0) return undefined;
    const barrier = this.#barriers.add(target, done);
    return { cancel: () => this.#unsettled(barrier.cancel()) };
  }

  /**
   * Events were settled. Those before the oldest suspect all are, but not all of those that were settled are among them.
   */
  noteSettled(): void {
    this.#spool?.noteSettled();
    this.#barriers.reached(Math.min(this.#done, this.isolation.quarantine.oldestPosition));
  }

  /** An event that ended connections alone may have to be given up, so that the others can go on. */
  judge(): void {
    const { queue, tally, reporter } = this.#parts;
    const givenUp = this.isolation.judge(queue, tally.settled);
    if (givenUp === undefined) return;
    const { event, reason } = givenUp;
    traceEvents(reporter, 'given up', () => event.texts());
    queue.release(event);
    tally.dropped[reason] += 1;
    if (reason === 'too_large') reporter.warn('dropped an event that is too large for the backend');
    else reporter.condition('CERBERUS_POISON_EVENT', POISON);
    this.noteSettled();
  }

  /**
   * Writes what is in memory to disk, if there is a spool, before it returns: in frames under the numbers that they have, or are
   * given now. Nothing may be in flight any more that is not in a frame. Does so once.
   *
   * @returns events that are safe
   */
  save(): number {
    const { queue, spool, tally } = this.#parts;
    if (spool === undefined || this.#spool === undefined || this.#isSaved) return this.#kept;
    this.#isSaved = true;
    const { producer } = this.memory;
    const line = this.#spool;
    const frames = framesToSave({ queue, isolation: this.isolation, producer, line });
    const toSave = frames.reduce((sum, { events }) => sum + events.length, 0);
    // Its counts end with it.
    const spooled = line.events + line.frameEvents;
    const { memoryEvents, lostEvents, bytes } = spool.saveSync([{ producer: producer.id, frames }]);
    this.#savedBytes = bytes;
    this.#kept = producer.frames.events - toSave + memoryEvents;
    this.#left = this.#kept + spooled - lostEvents;
    tally.dropped.spool_lost += lostEvents;
    return this.#kept;
  }

  /** Gives up what is in memory, but for what was saved. @returns events */
  dropEverything(reason: DropReason): number {
    const { queue, tally } = this.#parts;
    if (this.#spool !== undefined) {
      this.#left ??= this.#spool.events + this.#spool.frameEvents;
      this.#spool.forget();
    }
    queue.putBack(this.memory.producer.frames.dissolve());
    queue.putBack(this.isolation.quarantine.clear());
    const events = queue.take(Infinity, Infinity);
    queue.release(events);
    const dropped = events.length - this.#kept;
    tally.dropped[reason] += dropped;
    this.noteSettled();
    return dropped;
  }

  /** Leaves what is on disk to the next process, once everything in memory was dropped or saved. */
  async close(): Promise<void> {
    const { spool, tally } = this.#parts;
    if (spool === undefined || this.#isSaved) return;
    const { lostEvents } = await spool.close();
    this.#left = (this.#left ?? 0) - lostEvents;
    tally.dropped.spool_lost += lostEvents;
  }
}

const copy = (event: Buffer, bytes: Buffer, start: number): number => {
  event.copy(bytes, start);
  return start + event.length;
};

const POISON =
  'Cerberus gives up an event: again and again it ended the connection alone, while others were acknowledged ' +
  '(`maxPoisonAttempts`). It is counted in stats().dropped.poison; CERBERUS_DEBUG=true shows its method and endpoint.';
