/** Longest piece of a message that others wrote, UTF-16 units. */
const MAX_CHARACTERS = 200;

/** What begins a line, or turns the direction of what follows. */
const UNRULY = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** A name that others wrote, such as that of an application, as a piece of one line: nobody makes up a message of it. */
export function plain(text: string): string {
  const line = text.replaceAll(UNRULY, ' ');
  return line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS).toWellFormed()}…`;
}
