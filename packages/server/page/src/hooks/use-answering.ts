import { useCallback, useState } from 'preact/hooks';

import type { ApiFailure } from '../api.ts';
import { useTick } from './use-tick.ts';

/** Tells how a question of somebody ended; with `undefined`, that it was answered, or is none any more. */
export type Report = (asker: object, failure: ApiFailure | undefined) => void;

/** What is known of the server from all that was asked of it. */
export interface Answering {
  /** To one question at least came no answer. */
  readonly isDown: boolean;
  /** Grows while that is so, for what came no answer to. */
  readonly retry: number;
  readonly isSignedOut: boolean;
  /** Somebody has signed in. */
  readonly signedIn: () => void;
  readonly report: Report;
}

const RETRY_MILLIS = 5000;
const NOBODY: ReadonlySet<object> = new Set();

/** Keeps who has no answer: one that another question gets says nothing about this one. */
export function useAnswering(): Answering {
  const [unanswered, setUnanswered] = useState(NOBODY);
  const [isSignedOut, setSignedOut] = useState(false);
  const isDown = unanswered.size > 0;
  const report = useCallback<Report>((asker, failure) => {
    if (failure?.kind === 'signed_out') setSignedOut(true);
    const isUnanswered = failure?.kind === 'unreachable';
    setUnanswered((before) => {
      if (before.has(asker) === isUnanswered) return before;
      const others = [...before].filter((each) => each !== asker);
      return new Set(isUnanswered ? [...others, asker] : others);
    });
  }, []);
  const signedIn = useCallback(() => setSignedOut(false), []);
  return { isDown, retry: useTick(isDown ? RETRY_MILLIS : undefined), isSignedOut, signedIn, report };
}
