import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Clock, Timer } from '../clock.ts';
import type { ServiceMembers } from '../config/service-members.ts';
import type { EventWriter } from '../queue/event-chunk.ts';
import { adoptFolders } from './adoption.ts';
import { Block } from './block.ts';
import { clientFolder, clientHash, isScarcity, setAside } from './folders.ts';
import { FrameSource } from './frame-source.ts';
import { readLeftFolder, type LeftFrames } from './left-folder.ts';
import { BLOCK_BYTES, OpenBlock } from './open-block.ts';
import { OwnFrames, recordNow } from './own-frames.ts';
import { OwnedFolder } from './owned-folder.ts';
import { lockName, SILENCE_MILLIS, thisProcess } from './owner.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { SpooledFrame, SpoolSource, TroubleListener } from './spool-source.ts';
import { StoredFrames, type Segment } from './stored-frames.ts';

const { rm } = process.getBuiltinModule('node:fs/promises');

/** What a spool needs. */
export interface SpoolOptions {
  /** `spoolDir`, which `checkSpoolDir` has found usable. */
  readonly dir: string;
  readonly clientId: string;
  /** What the application says of itself, when it is known. */
  readonly service: () => ServiceMembers;
  /** Most bytes of this process: on disk, and waiting to be written. */
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly onTrouble: TroubleListener;
}

/** Frames of a producer that are only in memory. */
export interface MemoryFrames {
  readonly producer: string;
  /** Numbers grow. */
  readonly frames: readonly SpooledFrame[];
}

/** What became of events at the end. */
export interface SavedAtExit {
  /** Events of the frames that were handed over, on disk now. The first ones, when there was not room for all. */
  readonly memoryEvents: number;
  /** Events of `own`, taken or not, that are neither settled nor on disk. */
  readonly lostEvents: number;
  /** Of the files that were written for it. */
  readonly bytes: number;
}

/**
 * Keeps on disk what memory has no room for, and what is not acknowledged when the process ends. Only `add` can throw (see there), no
 * promise rejects. Makes its folder when the first event comes, and removes it when all are settled.
 */
export class Spool {
  /** What this process spooled. Everything that was ever accepted by `add` comes out here, in its order. */
  readonly own: SpoolSource;
  readonly #options: SpoolOptions;
  readonly #client: string;
  readonly #lock: string;
  readonly #folder: OwnedFolder;
  readonly #frames: OwnFrames;
  readonly #writer: SegmentWriter;
  readonly #open: OpenBlock;
  readonly #adopted = new Set<OwnedFolder>();
  /** Folders that hold nothing that this version can read. */
  readonly #useless = new Set<string>();
  #discarding: Promise<void> = Promise.resolve();
  #heartbeat: Timer | undefined;
  #hasEnded = false;
  readonly #isOver = (): boolean => this.#hasEnded;

  constructor(options: SpoolOptions) {
    const { dir, clientId, service, maxBytes, clock, onTrouble } = options;
    const id = randomUUID();
    this.#options = options;
    this.#client = clientFolder(dir, clientId);
    this.#lock = lockName(thisProcess(), id);
    this.#folder = new OwnedFolder(join(this.#client, id), this.#lock, false);
    this.#writer = new SegmentWriter(this.#folder, clientHash(clientId), service);
    const stored = new StoredFrames({
      clock,
      onTrouble,
      discard: (segment) => this.#discard(segment, this.#folder),
      hasEnded: this.#isOver,
    });
    const writer = this.#writer;
    this.#open = new OpenBlock(clock, (block) => this.#frames.add(block));
    this.#frames = new OwnFrames({
      producer: id,
      maxBytes,
      clock,
      writer,
      stored,
      onTrouble,
      open: this.#open,
      onEmpty: () => this.#leaveWhen(this.#folder, () => this.#frames.isEmpty),
    });
    this.own = new FrameSource(id, this.#frames);
  }

  /**
   * Accepts an event, unless there is no room for it or the disk fails. It is on disk about a second later.
   *
   * @throws RangeError for an event that is longer when it is written a second time, which only a getter can bring about
   */
  add<Event>(event: Event, write: EventWriter<Event>): boolean {
    if (this.#hasEnded) return false;
    const isAccepted = this.#open.add(event, write, (size) => this.#frames.hasRoomFor(size));
    if (isAccepted) this.#startHeartbeat();
    return isAccepted;
  }

  /**
   * Takes over what processes of the same application left that are gone, oldest first. To be asked at the start, and again
   * every minute or so: a process of another host or container is taken to be gone when it was silent for a minute.
   */
  async adopt(): Promise<readonly SpoolSource[]> {
    const isOurs = (name: string): boolean =>
      name === this.#folder.name ||
      this.#useless.has(name) ||
      [...this.#adopted].some((folder) => folder.name === name);
    const left: (readonly LeftFrames[])[] = [];
    for (const folder of await adoptFolders(this.#client, this.#lock, isOurs)) {
      if (this.#hasEnded) {
        // The end came meanwhile: others have to find it.
        await folder.leave();
        continue;
      }
      this.#adopted.add(folder);
      this.#startHeartbeat();
      left.push(await this.#read(folder));
    }
    const sources = left.toSorted((a, b) => (ageOf(a) < ageOf(b) ? -1 : 1)).flat();
    return sources.map(({ source }) => source).filter(({ events }) => events > 0);
  }

  /**
   * For the end of the process: writes what is not on disk, and frames that are only in memory, before it returns. Leaves all
   * folders to whoever comes next, accepts nothing afterwards, and keeps no counts.
   */
  saveSync(memory: readonly MemoryFrames[]): SavedAtExit {
    this.#end();
    const { maxBytes } = this.#options;
    let room = maxBytes - this.#frames.bytesOnDisk;
    let bytes = 0;
    const save = (producer: string, from: 'memory' | 'spool', blocks: readonly Block[]): number => {
      const records: Buffer[] = [];
      // Each of these is a file of its own.
      const head = this.#writer.headLength(producer, from);
      room -= head;
      for (const block of blocks) {
        const record = recordNow(block);
        room -= record.length;
        if (room < 0) break;
        records.push(record);
      }
      const saved = records.length === 0 ? 0 : this.#writer.saveSync(producer, from, records);
      bytes += records.slice(0, saved).reduce((sum, { length }) => sum + length, saved > 0 ? head : 0);
      return saved;
    };
    const lostEvents = this.#frames.saveSync((blocks) => save(this.own.producer, 'spool', blocks));
    let memoryEvents = 0;
    for (const { producer, frames } of memory) {
      const blocks = blocksOf(frames);
      const saved = save(producer, 'memory', blocks);
      memoryEvents += blocks.slice(0, saved).reduce((sum, { events }) => sum + events, 0);
    }
    for (const folder of [this.#folder, ...this.#adopted]) folder.releaseSync();
    return { memoryEvents, lostEvents, bytes };
  }

  /** Writes what waits, unless that fails, and leaves what is not settled to whoever comes next. */
  async close(): Promise<Pick<SavedAtExit, 'lostEvents'>> {
    this.#end();
    const lostEvents = await this.#frames.close();
    await this.#discarding;
    for (const folder of [this.#folder, ...this.#adopted]) await folder.leave();
    return { lostEvents };
  }

  #end(): void {
    this.#hasEnded = true;
    this.#heartbeat?.cancel();
    this.#heartbeat = undefined;
  }

  async #read(folder: OwnedFolder): Promise<LeftFrames[]> {
    const { clientId, clock, onTrouble } = this.#options;
    const client = clientHash(clientId);
    let left: LeftFrames[] | undefined;
    const discard = (segment: Segment): void => {
      this.#discard(segment, folder);
      this.#leaveWhen(folder, () => left?.every(({ isDone }) => isDone()) ?? false);
    };
    try {
      left = await readLeftFolder(folder, { client, clock, onTrouble, discard, hasEnded: this.#isOver });
    } catch (error) {
      if (isScarcity(error)) {
        // It is looked at again when others are looked for.
        this.#leaveWhen(folder, () => true);
        return [];
      }
      onTrouble({ kind: 'lost', why: 'unreadable', events: undefined, wasCounted: false, bytes: 0 });
    }
    if (left !== undefined && left.length > 0) return left;
    this.#useless.add(folder.name);
    this.#leaveWhen(folder, () => true);
    return [];
  }

  /** Deletes a segment, when those before it are deleted. */
  #discard(segment: Segment, folder: OwnedFolder): void {
    this.#discarding = this.#discarding.then(async () => {
      try {
        if (segment.isDamaged) await this.#setAside(segment, folder);
        else await rm(segment.path, { force: true });
      } catch {
        // The file stays, and is sent again by the next process: the server knows its numbers.
      }
    });
  }

  async #setAside({ path }: Segment, folder: OwnedFolder): Promise<void> {
    const name = `${folder.name}-${basename(path)}`;
    const kept = await setAside(dirname(folder.path), path, name, this.#options.maxBytes);
    this.#options.onTrouble({ kind: 'set_aside', kept });
  }

  /** Removes a folder, or leaves it to others, when what was to be deleted is deleted. */
  #leaveWhen(folder: OwnedFolder, isDone: () => boolean): void {
    this.#discarding = this.#discarding.then(() => {
      if (!isDone()) return undefined;
      this.#adopted.delete(folder);
      return folder.leave();
    });
  }

  #startHeartbeat(): void {
    if (this.#hasEnded) return;
    this.#heartbeat ??= this.#options.clock.after(SILENCE_MILLIS / 4, () => {
      this.#heartbeat = undefined;
      const held = [this.#folder, ...this.#adopted].filter(({ exists }) => exists);
      for (const folder of held) void folder.touch();
      if (held.length > 0) this.#startHeartbeat();
    });
  }
}

/** When the first file of a folder was created. */
function ageOf(left: readonly LeftFrames[]): string {
  return left.map(({ created }) => created).toSorted()[0] ?? '';
}

/** As few blocks as keep each within `BLOCK_BYTES`. */
function blocksOf(frames: readonly SpooledFrame[]): Block[] {
  const blocks: Block[] = [];
  for (const frame of frames) {
    let block = blocks.at(-1);
    if (block === undefined || block.bytes + frame.events.bytes > BLOCK_BYTES)
      blocks.push((block = new Block()));
    block.add(frame);
  }
  return blocks;
}
