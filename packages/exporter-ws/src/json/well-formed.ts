/**
 * `text` as valid Unicode of at most `maxBytes` bytes of UTF-8, cut between code points. Lone surrogates become
 * U+FFFD, as they would on the wire.
 */
export function wellFormed(text: string, maxBytes: number): string {
  // Up to a third of the limit nothing can be too long: a UTF-16 unit takes at most three bytes.
  if (text.length * 3 <= maxBytes) return text.toWellFormed();
  const clean = text.slice(0, maxBytes + 1).toWellFormed();
  if (clean.length === text.length && Buffer.byteLength(clean) <= maxBytes) return clean;
  return cut(clean, maxBytes);
}

function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  let end = Math.min(maxBytes, bytes.length);
  // A UTF-8 continuation byte is 10xxxxxx: step back to the start of the code point that does not fit.
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
