import type { ComponentChildren, JSX } from 'preact';

import type { Read } from '../read.ts';
import { Loading } from './loading.tsx';
import { RefusedLine } from './refused.tsx';

interface AnsweredProps<T> {
  readonly read: Read<T>;
  readonly children: (value: T) => ComponentChildren;
}

/** What a panel shows of an answer: nothing of one that the server refused, but why, and a way to ask again. */
export function Answered<T>({ read: { value, refused, again }, children }: AnsweredProps<T>): JSX.Element {
  if (refused !== undefined) return <RefusedLine why={refused} again={again} />;
  return value === undefined ? <Loading /> : <>{children(value)}</>;
}
