import type { IncomingMessage, ServerResponse } from 'node:http';

import { tooManyGuesses, type Entry } from '../access/doorkeeper.ts';
import { CerberusServerError } from '../errors.ts';
import { parseTarget } from '../http/request-target.ts';
import { failure, sendReply, type Reply } from '../http/response.ts';
import type { Log } from '../log.ts';
import type { Counters } from '../observe/counters.ts';
import { failureReason, isDiskFull, isInvalidated, isOutOfMemory } from '../store/failure-reason.ts';
import type { Dispatch } from './routes.ts';

/** Answers a request, whatever happens. */
export function respond(
  request: IncomingMessage,
  response: ServerResponse,
  dispatch: Dispatch,
  log: Log,
): void {
  dispatch(request)
    .catch((error: unknown) => {
      const passing = passingReason(error);
      if (passing !== undefined) return laterReply(passing);
      // Not whether the request is destroyed, which it is as soon as its body has been read.
      if (!response.destroyed) log('error', `request failed: ${failureReason(error)}${placeOf(error)}`);
      if (isDiskFull(error)) return laterReply('there is no room left on the disk of the server');
      // Perhaps only beside what else is asked, so that another attempt may have it.
      if (isOutOfMemory(error)) return laterReply('this takes more memory than the server may use');
      return failure(500, 'internal error');
    })
    .then((reply) => sendReply(response, reply))
    // Only a broken socket is left as a reason, and then there is nobody to tell.
    .catch(() => response.destroy());
}

/** Where tokens, sessions and links are changed. */
const ABOUT_ACCESS: ReadonlySet<string> = new Set(['/api/tokens', '/api/session', '/api/shares']);

/**
 * As a dispatch, but what it changes of tokens, sessions and links is kept before anybody hears that it is. Events have nothing to do
 * with that: who is told of a failure after they were stored sends them again.
 */
export function keptFirst(dispatch: Dispatch, settled: () => Promise<void>): Dispatch {
  return async (message) => {
    const reply = await dispatch(message);
    const isChange = message.method === 'POST' || message.method === 'DELETE';
    if (isChange && ABOUT_ACCESS.has(parseTarget(message.url)?.pathname ?? '')) await settled();
    return reply;
  };
}

/** As a dispatch, but for those who are refused at the door. */
export function unlessRefused(
  { isKnown, refusedSeconds }: Entry,
  dispatch: Dispatch,
  counters: Counters,
): Dispatch {
  // Whoever is signed in is, whatever else the request carries.
  if (isKnown || refusedSeconds === 0) return dispatch;
  counters.refused('unauthorized');
  return () => Promise.resolve(tooManyGuesses(refusedSeconds));
}

/** A dispatch where all places of those who are known are taken. */
export function crowded(): ReturnType<Dispatch> {
  const reply = failure(503, 'too many requests at once', { connection: 'close', 'retry-after': '1' });
  return Promise.resolve(reply);
}

function laterReply(reason: string): Reply {
  return failure(503, reason, { 'retry-after': '5' });
}

/** Where something failed. Its text is not for the log: it may quote what was asked or stored. */
function placeOf(error: unknown): string {
  const [, place] = /^\s*at .*?([^\s()/\\]+:\d+):\d+\)?$/m.exec(Object(error).stack ?? '') ?? [];
  return place === undefined ? '' : ` at ${place}`;
}

/** What is wrong where another attempt, a moment later, may not meet it. */
function passingReason(error: unknown): string | undefined {
  if (isInvalidated(error)) return 'the store has failed';
  if (!(error instanceof CerberusServerError)) return undefined;
  // Where it is, is for the log of the store.
  if (error.code === 'DB_UNAVAILABLE') return 'the database cannot be reached';
  return error.code === 'STORE_UNAVAILABLE' || error.code === 'STORE_BUSY' ? error.message : undefined;
}
