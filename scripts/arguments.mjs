// What the scripts take as arguments. Whatever is none is said in a line, and ends the process with 2.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

/** @returns {never} */
export function refuse(message) {
  process.stderr.write(`${basename(process.argv[1])}: ${message}\n`);
  process.exit(2);
}

/** The values of options that each take one, as texts. @param defaults - by option; undefined for one without */
export function optionsOf(defaults) {
  const options = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      value === undefined ? { type: 'string' } : { type: 'string', default: value },
    ]),
  );
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse(error.message);
  }
}

/** A whole number from 1. */
export function countOf(option, text) {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : refuse(`--${option} takes a whole number from 1`);
}

/** A number above 0. */
export function amountOf(option, text) {
  return text.trim() !== '' && Number(text) > 0 && Number.isFinite(Number(text))
    ? Number(text)
    : refuse(`--${option} takes a number above 0`);
}

/** A file that is there: a database that is not would be made, and measured empty. */
export function existingFile(option, path) {
  return path !== undefined && existsSync(path) ? path : refuse(`--${option} takes a file that is there`);
}
