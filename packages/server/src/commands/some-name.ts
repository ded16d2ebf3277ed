import { InvalidArgumentError } from 'commander';

/** What a flag names. Not nothing, as a variable of a shell that is not set: that would be anything. @throws InvalidArgumentError */
export function someName(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It must not be empty.');
}
