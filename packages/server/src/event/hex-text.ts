const DIGITS = new Uint8Array(128);
for (const digit of '0123456789abcdef') DIGITS[digit.charCodeAt(0)] = 1;

/**
 * Whether a text is hexadecimal, in lower case, with so many digits. Three of them come with every event: a regular
 * expression takes four times as long.
 */
export function isHex(text: string, digits: number): boolean {
  if (text.length !== digits) return false;
  let all = 1;
  for (let index = 0; index < digits; index += 1) all &= DIGITS[text.charCodeAt(index)] ?? 0;
  return all === 1;
}
