import type { Clock } from '../clock.ts';
import { codeOf, isScarcity } from './folders.ts';
import { readRecord, type ReadRecord } from './segment-file.ts';
import type { SpooledFrame, TroubleListener } from './spool-source.ts';

/** A segment file, as far as its records are written. */
export interface Segment {
  readonly path: string;
  /** The next record to be read. */
  position: number;
  /** Behind the last record. */
  end: number;
  /** Bytes of the file. */
  bytes: number;
  /** In records that were not read. */
  events: number;
  /** The highest number that was read from here. */
  readThrough: number;
  /** More records will be added. */
  isOpen: boolean;
  /** Something in it could not be read. */
  isDamaged: boolean;
}

/** What `StoredFrames` does not do itself. */
export interface StoredFramesParts {
  readonly clock: Clock;
  readonly onTrouble: TroubleListener;
  /** Deletes the file of a segment that is done with, or keeps it elsewhere if it is damaged. */
  readonly discard: (segment: Segment) => void;
  /** All is left to whoever comes next: what is read from now on is nobody's. */
  readonly hasEnded: () => boolean;
}

/** Waits before a file is tried again that cannot be read, though it is there; the last one again and again for too many open files. */
const RETRY_MILLIS = [100, 400, 1_600];

/** The frames of one producer that are on disk, in the order of their numbers. */
export class StoredFrames {
  readonly #parts: StoredFramesParts;
  #segments: Segment[] = [];
  #readThrough = 0;
  #settled = 0;

  constructor(parts: StoredFramesParts) {
    this.#parts = parts;
  }

  /** Events that were not read. */
  get events(): number {
    return this.#segments.reduce((sum, { events }) => sum + events, 0);
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether there is any file. */
  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  /** Whether there is a record that was not read. */
  get hasUnread(): boolean {
    return this.#segments.some(({ position, end }) => position < end);
  }

  /** Adds a file with later frames than all others. */
  add(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** Frames up to `seq` were read before they came to disk. */
  skipThrough(seq: number): void {
    this.#readThrough = Math.max(this.#readThrough, seq);
  }

  /** A record of `bytes` was written behind the others of an open segment. */
  wrote(segment: Segment, record: { events: number; lastSeq: number; bytes: number }): void {
    segment.end += record.bytes;
    segment.bytes += record.bytes;
    if (record.lastSeq > this.#readThrough) {
      segment.events += record.events;
      return;
    }
    segment.position = segment.end;
    segment.readThrough = record.lastSeq;
    this.#discardDone();
  }

  /** Nothing will be added to a segment any more. */
  close(segment: Segment): void {
    segment.isOpen = false;
    this.#discardDone();
  }

  /**
   * Reads the next record and gives its frames to `take`, in the same turn in which `events` counts them no longer.
   *
   * @returns false when there was none that can be read
   */
  async read(take: (frames: readonly SpooledFrame[]) => void): Promise<boolean> {
    for (;;) {
      const segment = this.#segments.find(({ position, end }) => position < end);
      if (segment === undefined) return false;
      // More may be written behind it meanwhile.
      const seen = { end: segment.end, events: segment.events };
      const record = await this.#readPatiently(segment);
      if (this.#parts.hasEnded()) return false;
      if (record?.kind !== 'frames') {
        this.#lose(segment, record, seen);
        continue;
      }
      const frames = record.frames.filter(({ seq }) => seq > this.#readThrough);
      segment.position += record.bytes;
      segment.events -= frames.reduce((sum, { events }) => sum + events.length, 0);
      segment.readThrough = this.#readThrough = frames.at(-1)?.seq ?? this.#readThrough;
      if (frames.length === 0) {
        this.#discardDone();
        continue;
      }
      take(frames);
      return true;
    }
  }

  /** Frames that were read and have these numbers are settled. */
  settledThrough(seq: number): void {
    this.#settled = Math.max(this.#settled, seq);
    this.#discardDone();
  }

  async #readPatiently(segment: Segment): Promise<ReadRecord | undefined> {
    const { clock, hasEnded, onTrouble } = this.#parts;
    for (let tries = 0; !hasEnded(); tries += 1) {
      try {
        return await readRecord(segment.path, segment.position, segment.end);
      } catch (error) {
        const isLast = tries >= RETRY_MILLIS.length;
        if (codeOf(error) === 'ENOENT' || (isLast && !isScarcity(error))) break;
        if (tries === RETRY_MILLIS.length) onTrouble({ kind: 'read_failed', code: codeOf(error) });
        const millis = RETRY_MILLIS[tries] ?? RETRY_MILLIS.at(-1) ?? 0;
        await new Promise<void>((resolve) => void clock.after(millis, resolve));
      }
    }
    return undefined;
  }

  /** @param seen the segment as it was when the record was read */
  #lose(
    segment: Segment,
    record: Exclude<ReadRecord, { kind: 'frames' }> | undefined,
    seen: Pick<Segment, 'end' | 'events'>,
  ): void {
    const bytes = record?.bytes ?? seen.end - segment.position;
    const isLast = segment.position + bytes >= seen.end;
    const events = isLast ? seen.events : Math.min(this.#eventsLost(record, seen.events), seen.events);
    segment.position += bytes;
    segment.events -= events;
    segment.isDamaged = true;
    if (record?.kind === 'corrupt') this.skipThrough(record.lastSeq);
    this.#parts.onTrouble({
      kind: 'lost',
      why: record === undefined ? 'unreadable' : 'corrupt',
      // Of a record without a header that another process wrote, nobody has ever known the number.
      events: record?.kind === 'headless' && events === 0 ? undefined : events,
      wasCounted: true,
      bytes,
    });
    this.#discardDone();
  }

  #eventsLost(record: Exclude<ReadRecord, { kind: 'frames' }> | undefined, counted: number): number {
    if (record?.kind !== 'headless') return record?.events ?? 0;
    let through = this.#readThrough;
    let left = counted;
    for (const { events, lastSeq } of record.following) {
      if (lastSeq <= through) continue;
      left -= events;
      through = lastSeq;
    }
    return Math.max(0, left);
  }

  #discardDone(): void {
    const isDone = ({ isOpen, position, end, readThrough }: Segment): boolean =>
      !isOpen && position >= end && readThrough <= this.#settled;
    const done = this.#segments.filter(isDone);
    if (done.length === 0) return;
    this.#segments = this.#segments.filter((segment) => !isDone(segment));
    for (const segment of done) this.#parts.discard(segment);
  }
}
