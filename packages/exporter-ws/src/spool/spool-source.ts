import type { ServiceMembers } from '../config/service-members.ts';
import type { EventBatch } from '../queue/event-batch.ts';

/** Events under the sequence number that they keep. Read back, they lie in memory of their own, not in that of a queue. */
export interface SpooledFrame {
  readonly seq: number;
  /** Never for `SendingQueue.release`: no queue knows of them, and nobody has to give them back. */
  readonly events: EventBatch;
}

/** Frames of one producer in their order: what this process spooled, or what one that is gone left behind. */
export interface SpoolSource {
  /** Says `hello` for these frames. */
  readonly producer: string;
  /** What `hello` then says of the application; undefined: what this process says. */
  readonly service: ServiceMembers | undefined;
  /** Events that `take` has not returned yet, on disk or on their way there. Those that turn out lost are taken off. */
  readonly events: number;
  /** Bytes on disk, and of what waits to be written, until it is settled. */
  readonly bytes: number;
  /**
   * Takes the next frame of those that were read; from this turn on `events` does not count it. Undefined: `fetch` first.
   *
   * Numbers grow. Where one is missing, its frame is lost (and `onTrouble` was told), so that a server wants a new
   * connection before it goes on. A server may know of later numbers than any that are returned here: they were sent, and the
   * process died before they were on disk. So what is at or below its `last_seq` is stored, take it and call it settled, and
   * nothing is ever sent under another producer because of a high `last_seq`.
   */
  take(): SpooledFrame | undefined;
  /**
   * Reads one block (300 KiB of events) unless frames that were read are left, and says whether `take` has something to return:
   * false when there is no more, or not yet. Never rejects.
   */
  fetch(): Promise<boolean>;
  /** What was taken up to and including `seq` is settled; files with nothing else in them are deleted. */
  settledThrough(seq: number): void;
}

/** What somebody who runs this should know of. No paths: they may name what is nobody's business. */
export type SpoolTrouble =
  /** Writing failed, with a code of the system such as `ENOSPC`. New events are refused until it works again. Said once. */
  | { readonly kind: 'write_failed'; readonly code: string }
  /** It works again. */
  | { readonly kind: 'write_recovered' }
  /** Nothing can be read just now, with the system's code: it is tried again until it can. Said once, until it could. */
  | { readonly kind: 'read_failed'; readonly code: string }
  /**
   * Events that were accepted cannot be read. `torn`: the process ended while it wrote. `events` is undefined where the
   * count is lost too, and counts nothing then that a source had in its `events`.
   */
  | {
      readonly kind: 'lost';
      readonly why: 'torn' | 'corrupt' | 'unreadable';
      readonly events: number | undefined;
      /** A source had counted them in its `events`; otherwise a process that is gone had accepted them. */
      readonly wasCounted: boolean;
      readonly bytes: number;
    }
  /** A file that another version of this library wrote. It is left alone. */
  | { readonly kind: 'other_version'; readonly version: number }
  /** A file was damaged. `kept`: it is in the folder `corrupt` now; otherwise there was no room, and it is deleted. */
  | { readonly kind: 'set_aside'; readonly kept: boolean };

/** Told of trouble; must not throw. */
export type TroubleListener = (trouble: SpoolTrouble) => void;
