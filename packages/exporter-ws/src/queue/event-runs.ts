import { EventBatch } from './event-batch.ts';
import type { EventChunk } from './event-chunk.ts';

/** An `EventRun` that grows at its end and shrinks at its beginning. */
interface OpenRun {
  readonly chunk: EventChunk;
  from: number;
  to: number;
}

/** Below this many consumed runs, moving the rest down costs more than it frees. */
const COMPACT_FROM = 64;

/** Events in a row, first in, first out, wherever they lie in memory. */
export class EventRuns {
  #runs: OpenRun[] = [];
  #head = 0;
  #length = 0;
  #bytes = 0;

  /** Events. */
  get length(): number {
    return this.#length;
  }

  /** Their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of the oldest event; 0 if there is none. */
  get oldestBytes(): number {
    const run = this.#runs[this.#head];
    return run === undefined ? 0 : run.chunk.sizeOf(run.from);
  }

  /** Adds the newest event of a chunk behind all others. */
  addNewest(chunk: EventChunk): void {
    const index = chunk.count - 1;
    const last = this.#runs.at(-1);
    if (last?.chunk === chunk && last.to === index) last.to = index + 1;
    else this.#runs.push({ chunk, from: index, to: index + 1 });
    this.#length += 1;
    this.#bytes += chunk.sizeOf(index);
  }

  /** Adds events behind all others. */
  add(events: EventBatch): void {
    for (const run of events.runs) this.#runs.push({ ...run });
    this.#length += events.length;
    this.#bytes += events.bytes;
  }

  /** Puts events in front of all others, in their order. */
  putBack(events: EventBatch): void {
    this.#runs = [...events.runs.map((run) => ({ ...run })), ...this.#runs.slice(this.#head)];
    this.#head = 0;
    this.#length += events.length;
    this.#bytes += events.bytes;
  }

  /** Takes the oldest events: at least one if there is any, otherwise no more than both limits allow. */
  take(maxEvents: number, maxBytes: number): EventBatch {
    const taken: OpenRun[] = [];
    let events = 0;
    let bytes = 0;
    for (let run = this.#runs[this.#head]; run !== undefined; run = this.#runs[this.#head]) {
      const { chunk, from, to } = run;
      const most = Math.min(to, from + maxEvents - events);
      let end = from;
      while (end < most) {
        const size = chunk.sizeOf(end);
        if (bytes + size > maxBytes && (events > 0 || end > from)) break;
        bytes += size;
        end += 1;
      }
      if (end > from) taken.push({ chunk, from, to: end });
      events += end - from;
      run.from = end;
      if (end < to) break;
      this.#head += 1;
    }
    this.#length -= events;
    this.#bytes -= bytes;
    this.#compact();
    return taken.length === 0 ? EventBatch.NONE : new EventBatch(taken);
  }

  #compact(): void {
    if (this.#head === this.#runs.length) {
      this.#runs = [];
      this.#head = 0;
    } else if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#runs.length) {
      this.#runs = this.#runs.slice(this.#head);
      this.#head = 0;
    }
  }
}
