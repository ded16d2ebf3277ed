import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnedFolder } from './owned-folder.ts';
import type { ServiceMembers } from '../config/service-members.ts';
import { codeOf, FILE_MODE, segmentName } from './folders.ts';
import { segmentHeadBytes, type SegmentHead } from './segment-format.ts';
import type { Segment } from './stored-frames.ts';

const { closeSync, fchmodSync, ftruncateSync, openSync, writeSync } = process.getBuiltinModule('node:fs');
const { open, rm } = process.getBuiltinModule('node:fs/promises');

/** Of JSON, three bytes each at most: a header has 4 KiB. */
const MAX_SERVICE_CHARACTERS = 1200;

/** Writes segment files into a folder, one after the other. */
export class SegmentWriter {
  readonly #folder: OwnedFolder;
  readonly #client: string;
  readonly #serviceNow: () => ServiceMembers;
  #service: ServiceMembers | undefined;
  #number = 0;
  #file: FileHandle | undefined;

  /**
   * @param client SHA-256 of the client id, in hex
   * @param service what the application says of itself; the same in each file from the first one on
   */
  constructor(folder: OwnedFolder, client: string, service: () => ServiceMembers) {
    this.#folder = folder;
    this.#client = client;
    this.#serviceNow = service;
  }

  /** Begins a file for frames of the spool. */
  async begin(producer: string): Promise<Segment> {
    await this.#folder.create();
    const path = this.#nextPath();
    const file = await open(path, 'wx', FILE_MODE);
    try {
      await file.chmod(FILE_MODE);
      const head = this.#headBytes(producer, 'spool');
      await writeAll(file, head, 0);
      this.#file = file;
      return segment(path, head.length);
    } catch (error) {
      await file.close().catch(() => undefined);
      // Nobody knows of it: it would stay for ever, one for each try.
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Writes behind the records of the file that was begun. What an earlier try left there is written over. */
  async append(to: Segment, record: Buffer): Promise<void> {
    if (this.#file !== undefined) await writeAll(this.#file, record, to.end);
  }

  /** Closes the file that was begun, and takes off what a try that failed left behind `end`. */
  async finish(end: number | undefined): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    if (end !== undefined) await file?.truncate(end).catch(() => undefined);
    await file?.close().catch(() => undefined);
  }

  /** The folder may be gone: it is looked for before the next file. */
  doubtFolder(): void {
    this.#folder.doubt();
  }

  /**
   * Writes a file of its own with as many of these records as there is room for, at once.
   *
   * @returns how many are there as a whole
   */
  saveSync(producer: string, from: SegmentHead['from'], records: readonly Buffer[]): number {
    let written = 0;
    let whole = 0;
    let file: number | undefined;
    try {
      file = this.#openSync();
      fchmodSync(file, FILE_MODE);
      for (const piece of [this.#headBytes(producer, from), ...records]) {
        writeAllSync(file, piece);
        whole += piece.length;
        written += 1;
      }
    } catch {
      // The caller counts what is not there, so that the next process must not find a part of it and count it again.
      if (file !== undefined) truncate(file, whole);
    }
    try {
      if (file !== undefined) closeSync(file);
    } catch {
      return 0;
    }
    return Math.max(0, written - 1);
  }

  #openSync(): number {
    this.#folder.createSync();
    try {
      return openSync(this.#nextPath(), 'wx', FILE_MODE);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // Somebody has deleted the folder.
      this.#folder.doubt();
      this.#folder.createSync();
      return openSync(this.#nextPath(), 'wx', FILE_MODE);
    }
  }

  /** Bytes that a file has before its records. */
  headLength(producer: string, from: SegmentHead['from']): number {
    return this.#headBytes(producer, from).length;
  }

  #headBytes(producer: string, from: SegmentHead['from']): Buffer {
    const service = (this.#service ??= fitting(this.#serviceNow()));
    const created = new Date().toISOString();
    return segmentHeadBytes({ client: this.#client, producer, from, created, service });
  }

  #nextPath(): string {
    this.#number += 1;
    return join(this.#folder.path, segmentName(this.#number));
  }
}

/** What a header has room for. */
function fitting(service: ServiceMembers): ServiceMembers {
  return JSON.stringify(service).length <= MAX_SERVICE_CHARACTERS ? service : {};
}

function segment(path: string, bytes: number): Segment {
  return {
    path,
    position: bytes,
    end: bytes,
    bytes,
    events: 0,
    readThrough: 0,
    isOpen: true,
    isDamaged: false,
  };
}

/** A disk that is nearly full takes a part and says nothing. */
async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

function writeAllSync(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done);
}

function truncate(file: number, bytes: number): void {
  try {
    ftruncateSync(file, bytes);
  } catch {
    // Then it is found to be torn.
  }
}
