import type { EventChunk } from './event-chunk.ts';

/** The events of a chunk from the index `from` up to, and without, `to`; at least one. */
export interface EventRun {
  readonly chunk: EventChunk;
  readonly from: number;
  readonly to: number;
}

/** Events that were taken from the queue, in their order. They stay where they are in memory. */
export class EventBatch {
  /** Also keeps the shape of all others: V8 throws away what it compiled for a shape that has been collected. */
  static readonly NONE: EventBatch = new EventBatch([]);
  readonly runs: readonly EventRun[];
  /** Events. */
  readonly length: number;
  /** Their bytes, without what stands between them. */
  readonly bytes: number;

  constructor(runs: readonly EventRun[]) {
    let length = 0;
    let bytes = 0;
    for (const { chunk, from, to } of runs) {
      length += to - from;
      bytes += chunk.endOf(to - 1) - chunk.startOf(from) - (to - from - 1);
    }
    this.runs = runs;
    this.length = length;
    this.bytes = bytes;
  }

  static concat(batches: readonly EventBatch[]): EventBatch {
    return new EventBatch(batches.flatMap(({ runs }) => runs));
  }

  /** The UTF-8 of all events with commas between them, in few pieces. */
  joined(): Uint8Array[] {
    return this.runs.flatMap(({ chunk, from, to }, index) => {
      const events = chunk.bytes.subarray(chunk.startOf(from), chunk.endOf(to - 1));
      return index === 0 ? [events] : [COMMA, events];
    });
  }

  /** What `of` makes of each event, whose bytes in `chunk` are those from `start` up to, and without, `end`. */
  map<T>(of: (chunk: Buffer, start: number, end: number) => T): T[] {
    const all: T[] = [];
    for (const { chunk, from, to } of this.runs) {
      for (let index = from; index < to; index += 1) {
        all.push(of(chunk.bytes, chunk.startOf(index), chunk.endOf(index)));
      }
    }
    return all;
  }

  /** The JSON of each event. */
  texts(): string[] {
    return this.map((bytes, start, end) => bytes.toString('utf8', start, end));
  }
}

const COMMA = Buffer.from(',');
