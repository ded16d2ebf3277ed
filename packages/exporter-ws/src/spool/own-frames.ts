import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync } from 'node:zlib';
import type { Clock, Timer } from '../clock.ts';
import type { Block } from './block.ts';
import { codeOf } from './folders.ts';
import type { FrameSupply } from './frame-source.ts';
import { recordBytes } from './segment-format.ts';
import type { OpenBlock } from './open-block.ts';
import type { SegmentWriter } from './segment-writer.ts';
import type { SpooledFrame, TroubleListener } from './spool-source.ts';
import type { Segment, StoredFrames } from './stored-frames.ts';

const deflate = promisify(deflateRaw);

/** What waits to be written at most; what comes faster than the disk takes it is refused. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** More than a block that cannot be made smaller takes beside its events, or a file beside its blocks. */
const OVERHEAD_BYTES = 512;
/** Files are deleted as a whole, so that smaller ones give room back earlier. */
const MAX_SEGMENT_BYTES = 8 * 1024 * 1024;
const FIRST_RETRY_MILLIS = 1_000;
const MAX_RETRY_MILLIS = 30_000;
/** At exit time is short: 4 % larger, in half the time. */
const EXIT_LEVEL = 1;

/** What `OwnFrames` works with. */
export interface OwnFramesParts {
  /** Where events are before they are in a block that is added. */
  readonly open: OpenBlock;
  readonly producer: string;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly writer: SegmentWriter;
  readonly stored: StoredFrames;
  readonly onTrouble: TroubleListener;
  /** Called when there is nothing on disk, nor on its way there, any more. */
  readonly onEmpty: () => void;
}

/**
 * Blocks of this process on their way to disk, and there: one is compressed and written at a time. What was accepted stays in
 * memory until it is written, however often that fails.
 */
export class OwnFrames implements FrameSupply {
  readonly #parts: OwnFramesParts;
  readonly #waiting: Block[] = [];
  #waitingBytes = 0;
  #readThrough = 0;
  #settled = 0;
  #segment: Segment | undefined;
  #isWriting = false;
  #writing: Promise<void> | undefined;
  #retry: Timer | undefined;
  #retryMillis = FIRST_RETRY_MILLIS;
  #saidFailure = false;
  #hasEnded = false;

  constructor(parts: OwnFramesParts) {
    this.#parts = parts;
  }

  get events(): number {
    return this.#waiting.reduce(
      (sum, block) => sum + (block.firstSeq > this.#readThrough ? block.events : 0),
      this.#parts.stored.events + this.#parts.open.events,
    );
  }

  get bytes(): number {
    return this.bytesOnDisk + this.#waitingBytes + this.#parts.open.bytes;
  }

  get bytesOnDisk(): number {
    return this.#parts.stored.bytes;
  }

  /** Nothing is on disk or on its way there. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#parts.stored.isEmpty;
  }

  /** Whether so many more bytes may be accepted. */
  hasRoomFor(size: number): boolean {
    const waiting = this.#waitingBytes + this.#parts.open.bytes + size;
    if (this.#hasEnded || this.#retry !== undefined || waiting > MAX_WAITING_BYTES) return false;
    const overhead = (this.#waiting.length + 2) * OVERHEAD_BYTES;
    return this.bytesOnDisk + waiting + overhead <= this.#parts.maxBytes;
  }

  /** Writes a block, soon. */
  add(block: Block | undefined): void {
    if (block === undefined) return;
    this.#waiting.push(block);
    this.#waitingBytes += block.bytes;
    this.#pump();
  }

  async read(take: (frames: readonly SpooledFrame[]) => void): Promise<boolean> {
    const { stored } = this.#parts;
    const takeAll = (frames: readonly SpooledFrame[]): void => {
      this.#readThrough = frames.at(-1)?.seq ?? this.#readThrough;
      take(frames);
    };
    while (stored.hasUnread) if (await stored.read(takeAll)) return true;
    // In the same turn as the last question, so that nothing has come to disk in between.
    if (this.#waiting.every(({ lastSeq }) => lastSeq <= this.#readThrough)) this.add(this.#parts.open.seal());
    const block = this.#waiting.find(({ firstSeq }) => firstSeq > this.#readThrough);
    if (block === undefined) return false;
    stored.skipThrough(block.lastSeq);
    takeAll(block.frames);
    return true;
  }

  settledThrough(seq: number): void {
    this.#settled = Math.max(this.#settled, seq);
    this.#parts.stored.settledThrough(seq);
    this.#pump();
  }

  /**
   * Writes what waits by `save`, which says how many of the blocks are on disk; nothing is written afterwards.
   *
   * @returns events that are neither settled nor on disk
   */
  saveSync(save: (blocks: readonly Block[]) => number): number {
    this.#end();
    void this.#closeBehind();
    this.add(this.#parts.open.seal());
    const blocks = this.#waiting.filter(({ lastSeq }) => lastSeq > this.#settled);
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    return this.#unsettled(blocks.slice(blocks.length === 0 ? 0 : save(blocks)));
  }

  /** Writes what waits, unless that fails. Returns the events that are neither settled nor on disk. */
  async close(): Promise<number> {
    this.add(this.#parts.open.seal());
    await this.#writing;
    this.#end();
    await this.#finishSegment();
    return this.#unsettled(this.#waiting);
  }

  #unsettled(blocks: readonly Block[]): number {
    const frames = blocks.flatMap((block) => block.frames).filter(({ seq }) => seq > this.#settled);
    return frames.reduce((sum, { events }) => sum + events.length, 0);
  }

  #end(): void {
    this.#hasEnded = true;
    this.#retry?.cancel();
    this.#retry = undefined;
  }

  #pump(): void {
    if (this.#isWriting || this.#retry !== undefined || this.#hasEnded) return;
    this.#isWriting = true;
    this.#writing = this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    try {
      // What comes while a file is closed is seen by the next round.
      do {
        for (let block = this.#next(); block !== undefined; block = this.#next()) {
          await this.#write(block);
          this.#recovered();
        }
        if (this.#isSegmentSettled()) await this.#finishSegment();
      } while (this.#next() !== undefined);
      if (this.isEmpty && !this.#hasEnded) this.#parts.onEmpty();
    } catch (error) {
      await this.#failed(error);
    } finally {
      this.#isWriting = false;
    }
  }

  #isSegmentSettled(): boolean {
    const isSettled = this.#segment !== undefined && this.#segment.readThrough <= this.#settled;
    return isSettled && !this.#parts.stored.hasUnread;
  }

  /** The oldest block that is not settled. */
  #next(): Block | undefined {
    if (this.#hasEnded) return undefined;
    while ((this.#waiting[0]?.lastSeq ?? Infinity) <= this.#settled) this.#remove();
    return this.#waiting[0];
  }

  async #write(block: Block): Promise<void> {
    const { stored, writer, producer } = this.#parts;
    const content = block.content();
    const record = recordBytes(headOf(block, content), await deflate(content));
    if (this.#hasEnded) return;
    if (this.#segment !== undefined && this.#isDone(this.#segment)) await this.#finishSegment();
    if (this.#segment === undefined) {
      const segment = await writer.begin(producer);
      stored.add(segment);
      this.#segment = segment;
    }
    await writer.append(this.#segment, record);
    if (this.#hasEnded) return;
    this.#remove();
    stored.wrote(this.#segment, { events: block.events, lastSeq: block.lastSeq, bytes: record.length });
  }

  /** One that could not be read was deleted, perhaps: what is written there would be lost too. */
  #isDone({ bytes, isDamaged }: Segment): boolean {
    return isDamaged || bytes >= Math.min(MAX_SEGMENT_BYTES, this.#parts.maxBytes / 8);
  }

  #remove(): void {
    this.#waitingBytes -= this.#waiting.shift()?.bytes ?? 0;
  }

  /** A process that lives on after its last write, because a shutdown ran out of time, would lose the file to the garbage collector. */
  async #closeBehind(): Promise<void> {
    await this.#writing;
    await this.#finishSegment();
  }

  async #finishSegment(): Promise<void> {
    const segment = this.#segment;
    this.#segment = undefined;
    await this.#parts.writer.finish(segment?.end);
    if (segment !== undefined) this.#parts.stored.close(segment);
  }

  async #failed(error: unknown): Promise<void> {
    // Perhaps the file or the folder is gone; what was written is read as far as it is there.
    await this.#finishSegment();
    if (codeOf(error) === 'ENOENT') this.#parts.writer.doubtFolder();
    if (!this.#saidFailure) this.#parts.onTrouble({ kind: 'write_failed', code: codeOf(error) });
    this.#saidFailure = true;
    if (this.#hasEnded) return;
    this.#retry = this.#parts.clock.after(this.#retryMillis, () => {
      this.#retry = undefined;
      this.#pump();
    });
    this.#retryMillis = Math.min(this.#retryMillis * 2, MAX_RETRY_MILLIS);
  }

  #recovered(): void {
    this.#retryMillis = FIRST_RETRY_MILLIS;
    if (!this.#saidFailure) return;
    this.#saidFailure = false;
    this.#parts.onTrouble({ kind: 'write_recovered' });
  }
}

/** A block as a record, compressed at once. */
export function recordNow(block: Block): Buffer {
  const content = block.content();
  return recordBytes(headOf(block, content), deflateRawSync(content, { level: EXIT_LEVEL }));
}

function headOf(block: Block, content: Buffer): Parameters<typeof recordBytes>[0] {
  const { events, firstSeq, lastSeq, frames } = block;
  return { events, firstSeq, lastSeq, frames: frames.length, contentBytes: content.length };
}
