import type { ComponentChildren, JSX } from 'preact';

import type { Read } from '../read.ts';
import { Loading } from './loading.tsx';
import { Refused, RefusedLine } from './refused.tsx';

interface AnsweredProps<T> {
  readonly read: Read<T>;
  readonly children: (value: T) => ComponentChildren;
}

/** What a panel shows of an answer: nothing of one that the server refused, but why, and a way to ask again. */
export function Answered<T>({ read: { value, refused, again }, children }: AnsweredProps<T>): JSX.Element {
  if (refused !== undefined) return <RefusedLine why={refused} again={again} />;
  return value === undefined ? <Loading /> : <>{children(value)}</>;
}

interface AnsweredViewProps<T> extends AnsweredProps<T> {
  readonly isEmpty: (value: T) => boolean;
  /** In the place of an answer that is empty. */
  readonly empty: (value: T) => ComponentChildren;
}

/** A whole view of an answer, in the same way. That there is nothing is said of no other question than the one that was asked. */
export function AnsweredView<T>({ read, isEmpty, empty, children }: AnsweredViewProps<T>): JSX.Element {
  const { value, outdated, refused, again } = read;
  if (refused !== undefined) return <Refused why={refused} again={again} />;
  if (value === undefined || (outdated && isEmpty(value))) return <Loading />;
  return <>{isEmpty(value) ? empty(value) : children(value)}</>;
}
