/**
 * A text as it is compared where either case of a letter will do: letters of ASCII in lower case, others as the lower case of their upper
 * case. A letter whose other case is several letters, or one of ASCII, has none: `ß`, `İ`. Databases know cases by their collation and
 * their version; so that all find the same, they are told which letters belong together, see {@link otherCases}.
 */
export function folded(text: string): string {
  return isAscii(text) ? text.toLowerCase() : Array.from(text, foldedLetter).join('');
}

/** Finds texts that have what is searched for in them: all, where nothing is. */
export function finder(search: string | undefined): (text: string) => boolean {
  if (search === undefined) return () => true;
  const part = folded(search);
  return (text) => folded(text).includes(part);
}

/** Letters, and what each of them is when folded, in the same order: two texts as `translate` of SQL takes them. */
export interface LetterCases {
  readonly from: string;
  readonly to: string;
}

/** Those letters beyond ASCII that are folded to one of the text. */
export function otherCases(search: string): LetterCases {
  if (isAscii(search)) return { from: '', to: '' };
  const pairs = [...new Set(folded(search))].flatMap((letter) =>
    (unfolded().get(letter) ?? []).map((other) => ({ letter, other })),
  );
  return {
    from: pairs.map(({ other }) => other).join(''),
    to: pairs.map(({ letter }) => letter).join(''),
  };
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

function foldedLetter(letter: string): string {
  if (letter <= '\x7f') return letter.toLowerCase();
  const lower = oneOr(letter, oneOr(letter, letter.toUpperCase()).toLowerCase());
  return lower <= '\x7f' ? letter : lower;
}

/** What a letter is in its other case, if that is one letter. */
function oneOr(letter: string, other: string): string {
  return Array.from(other).length === 1 ? other : letter;
}

/** All letters that have two cases are below. */
const END_OF_CASED_LETTERS = 0x1_ea_00;

let lettersByFolded: ReadonlyMap<string, readonly string[]> | undefined;

/** The letters that are folded to one, by that; made when it is first asked for, within some milliseconds. */
function unfolded(): ReadonlyMap<string, readonly string[]> {
  if (lettersByFolded !== undefined) return lettersByFolded;
  const letters = new Map<string, string[]>();
  for (let point = 0x80; point < END_OF_CASED_LETTERS; point += 1) {
    const letter = String.fromCodePoint(point);
    if (!/\p{Changes_When_Casemapped}/u.test(letter)) continue;
    const lower = foldedLetter(letter);
    if (lower !== letter) letters.set(lower, [...(letters.get(lower) ?? []), letter]);
  }
  lettersByFolded = letters;
  return letters;
}
