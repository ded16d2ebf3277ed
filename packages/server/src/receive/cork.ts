import type { Writable } from 'node:stream';

/**
 * What is written to `stream` until the end of this turn leaves in one write. After a commit hundreds of answers are due to a
 * client in event mode: one system call instead of one for each, and the client wakes up once as well.
 */
export function corkForTurn(stream: Writable): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  // Behind all microtasks of the turn, in which the answers are settled one after the other.
  process.nextTick(() => stream.uncork());
}
