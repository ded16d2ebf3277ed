import { withoutMark } from './text-limits.ts';

/** Longest name that an application gives to itself and to its consumers, UTF-16 units. */
export const MAX_NAME_CHARACTERS = 256;

/** A name that can be kept: a text that is neither empty nor too long, without NUL; `undefined` for anything else. */
export function shortText(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > MAX_NAME_CHARACTERS || value.includes('\0'))
    return undefined;
  return withoutMark(value.toWellFormed()) || undefined;
}
