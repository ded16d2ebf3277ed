/** A text that fits, and whether something had to go. */
export interface FittedText {
  readonly text: string;
  readonly cut: boolean;
}

/** At the begin of a text it is no part of it, and DuckDB's driver takes it off: what is shown could not be asked for. */
const BYTE_ORDER_MARKS = /^\u{FEFF}+/u;

/** A text without the byte order marks that it begins with. */
export function withoutMark(text: string): string {
  return text.replace(BYTE_ORDER_MARKS, '');
}

/** A text as it can be stored: well-formed Unicode, without NUL and without a byte order mark before it. */
export function storableText(text: string): string {
  return isStorable(text) ? text : withoutMark(text.toWellFormed().replaceAll('\0', '\u{FFFD}'));
}

/**
 * Makes a text storable: well-formed Unicode, without NUL and without a byte order mark before it, at most `maxBytes` of UTF-8, cut between code points.
 */
export function fitText(text: string, maxBytes: number): FittedText {
  const clean = storableText(text);
  // A UTF-16 unit is at most three bytes of UTF-8: most texts are decided without encoding them.
  if (clean.length * 3 <= maxBytes || Buffer.byteLength(clean) <= maxBytes)
    return { text: clean, cut: false };
  const bytes = Buffer.from(clean);
  let end = maxBytes;
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return { text: bytes.toString('utf8', 0, end), cut: true };
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0') && !text.startsWith('\u{FEFF}');
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000;
}
