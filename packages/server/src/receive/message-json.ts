/**
 * A text, which is left as it is also where it does not end, or a number that JSON does not have. It takes all of a text at once
 * and gives nothing back: the time is that of reading it, whatever is in it.
 */
const TEXT_OR_NO_NUMBER = /"(?:[^"\\]+|\\[\s\S]?)*"?|NaN|Infinity/g;

/** JSON, and no number that is kept anywhere: it is read as infinite. */
const OUT_OF_RANGE = '1e999';

/**
 * Reads what a sender wrote. `NaN` and `Infinity` are no JSON, but Python's `json.dumps` writes them: for one such number neither the
 * event around it nor the others of its batch are to be lost. They are read as a number that is out of every range, and left out as such.
 *
 * @throws SyntaxError for what is no JSON even so
 */
export function parseMessage(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return JSON.parse(
      text.replaceAll(TEXT_OR_NO_NUMBER, (found) => (found.startsWith('"') ? found : OUT_OF_RANGE)),
    );
  }
}
