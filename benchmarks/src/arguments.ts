/** Words of the command line that mean nothing here. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

/**
 * A comma-separated list of words, each once.
 *
 * @throws ArgumentError for an empty list and for a word that is not among `known`: what is not measured must not look like a result
 */
export function wordsOf<const Word extends string>(
  option: string,
  text: string,
  known: readonly Word[],
): readonly Word[] {
  const words = text.split(',').map((word) => known.find((each) => each === word.trim()));
  if (words.includes(undefined)) throw new ArgumentError(`--${option} takes a list of ${known.join(', ')}`);
  return [...new Set(words as Word[])];
}

/** @throws ArgumentError for what is no number above 0 */
export function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new ArgumentError(`--${option} takes a number above 0`);
}

/** Reads arguments; says what is wrong with them, and ends the process with 2. */
export function readArguments<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const isMistake = error instanceof ArgumentError || codeOf(error)?.startsWith('ERR_PARSE_ARGS_');
    if (isMistake !== true) throw error;
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    process.exit(2);
  }
}

function codeOf(error: unknown): string | undefined {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
