import type { SendingQueue } from '../queue/sending-queue.ts';
import type { SpoolSource, SpooledFrame } from '../spool/spool-source.ts';
import type { Spool } from '../spool/spool.ts';
import type { Isolation } from './isolation.ts';
import { SpoolLane } from './spool-lane.ts';

/** What a spool line works with. */
export interface SpoolLineParts {
  readonly spool: Spool;
  readonly queue: SendingQueue;
  readonly isolation: Isolation;
}

/** A frame whose events went through the queue: its file stays until they are settled. */
interface Fed {
  readonly source: SpoolSource;
  readonly seq: number;
  readonly events: number;
  /** How many events have to have left the queue for good. */
  readonly end: number;
}

/** Events that the queue should hold while it is fed. */
const FED_EVENTS = 1024;

/**
 * What is on disk, in the order in which it has to be sent: first what processes that are gone left behind, then what this
 * one spooled. In batch mode it goes as it is (`SpoolLane`); in event mode, and while something in it ends connections, through
 * the queue.
 */
export class SpoolLine {
  readonly #parts: SpoolLineParts;
  readonly #own: SpoolLane;
  #adopted: SpoolLane[] = [];
  #fed: Fed[] = [];
  #fetching = false;

  constructor(parts: SpoolLineParts) {
    this.#parts = parts;
    this.#own = this.#laneOf(parts.spool.own);
  }

  /** Events on disk or on their way there, without those that are in memory to be sent. */
  get events(): number {
    return this.#lanes.reduce((sum, { source }) => sum + source.events, 0);
  }

  /** Whether newer events have to follow others here. */
  get holds(): boolean {
    return this.#lanes.some(({ source }) => source.events > 0);
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#lanes.reduce((sum, { source }) => sum + source.bytes, 0);
  }

  /** Events of frames that were read and are not settled. */
  get frameEvents(): number {
    return this.#lanes.reduce((sum, { producer }) => sum + producer.frames.events, 0);
  }

  /** Events that were read and are not sent. */
  get unsentEvents(): number {
    return this.#lanes.reduce((sum, { producer }) => sum + producer.frames.unsentEvents, 0);
  }

  get #lanes(): readonly SpoolLane[] {
    return [...this.#adopted, this.#own];
  }

  /** The lane that has to be served next, if it is one of these. `memoryWaits`: there is something in the other. */
  lane(memoryWaits: boolean): SpoolLane | undefined {
    // What was sent and is not settled comes first: only its own `welcome` can tell whether it is stored.
    const begun = this.#lanes.find(({ producer }) => producer.frames.length > 0);
    if (begun !== undefined) return begun;
    if (this.#fed.length > 0 || this.#parts.isolation.mustTakeApart) return undefined;
    this.#adopted = this.#adopted.filter((lane) => !lane.isDrained);
    const [adopted] = this.#adopted;
    if (adopted !== undefined) return adopted;
    // What is in memory when spooling begins is older than what is spooled.
    return memoryWaits || this.#own.isDrained ? undefined : this.#own;
  }

  /** Events that went through the queue may be settled; a suspect that is set aside may be of any frame. */
  noteSettled(): void {
    const { queue, isolation } = this.#parts;
    if (isolation.quarantine.size > 0) return;
    const left = queue.enteredEvents - queue.heldEvents;
    while (this.#fed[0] !== undefined && this.#fed[0].end <= left) {
      const { source, seq } = this.#fed.shift() as Fed;
      source.settledThrough(seq);
    }
  }

  /**
   * Whether the event at `position`, in the order in which they entered the queue, came from disk, where it is until it is settled;
   * and for how many in a row that is so.
   */
  stretchFrom(position: number): { readonly isFed: boolean; readonly events: number } {
    let end = position;
    let gap = Infinity;
    for (const fed of this.#fed) {
      if (fed.end <= end) continue;
      gap = fed.end - fed.events - end;
      if (gap > 0) break;
      end = fed.end;
    }
    return end > position ? { isFed: true, events: end - position } : { isFed: false, events: gap };
  }

  /** Takes over what processes that are gone left behind. @returns events */
  async adopt(): Promise<number> {
    const sources = await this.#parts.spool.adopt();
    this.#adopted.push(...sources.map((source) => this.#laneOf(source)));
    return sources.reduce((sum, { events }) => sum + events, 0);
  }

  /** Fills the queue with what is on disk, and calls back when more of it is read. */
  feed(onMore: () => void): void {
    for (const { source } of this.#lanes) {
      for (let frame = this.#mayFeed() ? source.take() : undefined; frame !== undefined;) {
        this.#feed(source, frame);
        frame = this.#mayFeed() ? source.take() : undefined;
      }
      if (source.events > 0) {
        if (this.#mayFeed()) this.#fetch(source, onMore);
        return;
      }
    }
  }

  /** Event mode knows no numbers: what was sent in frames goes through the queue. */
  surrenderAll(): void {
    for (const { source, producer } of this.#lanes) this.#surrender(source, producer.frames.takeAll());
  }

  /** Nobody will send any more what was read and is not settled: it stays on disk. */
  forget(): void {
    this.#fed = [];
    for (const { producer } of this.#lanes) producer.frames.takeAll();
  }

  #laneOf(source: SpoolSource): SpoolLane {
    return new SpoolLane(source, this.#parts.isolation, (frames) => this.#surrender(source, frames));
  }

  #mayFeed(): boolean {
    return this.#parts.queue.length < FED_EVENTS;
  }

  /** Nothing of them is stored, as far as the mode can know that. */
  #surrender(source: SpoolSource, frames: readonly SpooledFrame[]): void {
    const { isolation, queue } = this.#parts;
    if (frames.length > 0 && queue.length > 0) isolation.acquit();
    for (const frame of frames) this.#feed(source, frame);
  }

  #feed(source: SpoolSource, { seq, events }: SpooledFrame): void {
    const { queue } = this.#parts;
    queue.append(events);
    this.#fed.push({ source, seq, events: events.length, end: queue.enteredEvents });
  }

  #fetch(source: SpoolSource, onMore: () => void): void {
    if (this.#fetching) return;
    this.#fetching = true;
    void source.fetch().then((some) => {
      this.#fetching = false;
      // What is lost is followed by others.
      if (some || source.events === 0) onMore();
    });
  }
}
