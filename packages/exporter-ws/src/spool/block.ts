import { EventBatch } from '../queue/event-batch.ts';
import { EventChunk } from '../queue/event-chunk.ts';
import { ByteSink, ByteSource } from './bytes.ts';
import { Packer, unpack, type Unpacked } from './packing.ts';
import type { SpooledFrame } from './spool-source.ts';

const COMMA = 0x2c;
/** How the events of a block are laid out. */
const AS_THEY_ARE = 0;
const PACKED = 1;

/** Frames that share a record on disk: more of them make it smaller than each alone would be. */
export class Block {
  readonly frames: SpooledFrame[] = [];
  #packer: Packer | undefined = new Packer();
  #events = 0;
  #bytes = 0;

  /** Events in all frames. */
  get events(): number {
    return this.#events;
  }

  /** Their bytes, before they are packed. */
  get bytes(): number {
    return this.#bytes;
  }

  get firstSeq(): number {
    return this.frames[0]?.seq ?? 0;
  }

  get lastSeq(): number {
    return this.frames.at(-1)?.seq ?? 0;
  }

  /** Adds a frame with a higher number. Its events are packed at once, so that no turn of the event loop packs them all. */
  add(frame: SpooledFrame): void {
    this.frames.push(frame);
    this.#events += frame.events.length;
    this.#bytes += frame.events.bytes;
    for (const { chunk, from, to } of frame.events.runs) {
      for (let index = from; index < to; index += 1) {
        const isPacked = this.#packer?.add(chunk.bytes, chunk.startOf(index), chunk.endOf(index)) ?? false;
        if (!isPacked) this.#packer = undefined;
      }
    }
  }

  /** What `framesOf` reads. */
  content(): Buffer {
    const out = new ByteSink();
    out.uint32(this.frames.length);
    for (const { seq, events } of this.frames) {
      out.float64(seq);
      out.uint32(events.length);
    }
    out.uint32(this.#packer === undefined ? AS_THEY_ARE : PACKED);
    if (this.#packer === undefined) writeAsTheyAre(out, this.frames);
    else out.bytes(this.#packer.finish());
    return out.taken();
  }
}

function writeAsTheyAre(out: ByteSink, frames: readonly SpooledFrame[]): void {
  for (const { events } of frames) {
    events.map((chunk, start, end) => {
      out.uint32(end - start);
      out.bytes(chunk.subarray(start, end));
    });
  }
}

/**
 * The frames of a block.
 *
 * @throws RangeError for what no block made
 */
export function framesOf(content: Buffer): SpooledFrame[] {
  const source = new ByteSource(content);
  const heads = Array.from({ length: source.uint32(source.rest) }, () => ({
    seq: source.float64(),
    events: source.uint32(content.length),
  }));
  const count = heads.reduce((sum, { events }) => sum + events, 0);
  const { bytes, ends } =
    source.uint32(PACKED) === PACKED ? unpack(source.remaining(), COMMA) : readAsTheyAre(source, count);
  if (ends.length !== count) throw new RangeError('another count than was written');
  let first = 0;
  return heads.map(({ seq, events }) => {
    const start = first === 0 ? 0 : (ends[first - 1] ?? 0) + 1;
    const frame = { seq, events: batchOf(bytes, start, ends.slice(first, first + events)) };
    first += events;
    return frame;
  });
}

/** The events behind each other that begin at `start` and end at these. */
function batchOf(bytes: Buffer, start: number, ends: readonly number[]): EventBatch {
  const chunk = EventChunk.restore(
    bytes.subarray(start, ends.at(-1) ?? start),
    ends.map((end) => end - start),
  );
  return chunk.count === 0 ? EventBatch.NONE : new EventBatch([{ chunk, from: 0, to: chunk.count }]);
}

function readAsTheyAre(source: ByteSource, count: number): Unpacked {
  const out = new ByteSink();
  const ends: number[] = [];
  for (let index = 0; index < count; index += 1) {
    out.bytes(source.part(source.uint32(source.rest)).remaining());
    ends.push(out.length);
    out.bytes(Buffer.of(COMMA));
  }
  return { bytes: out.taken(), ends };
}
