import { rmSync, writeFileSync } from 'node:fs';

import { Option } from 'commander';

import { messageOf } from '../errors.ts';
import { isDiskFull } from '../store/failure-reason.ts';
import { CommandError } from './running-server.ts';
import { printed } from './standard-output.ts';

/** A secret that was just made. */
interface FreshSecret {
  /** `token` or `link`. */
  readonly what: string;
  readonly text: string;
  /** Makes it worthless. */
  readonly undo: () => Promise<void>;
}

/** Of each command that makes a secret. */
export function outputOption(): Option {
  return new Option(
    '-o, --output <file>',
    'where to write it, readable for its owner only; - for the standard output',
  );
}

/** Why a secret would go where it should not; `undefined` where it may be made. */
export function outputProblem(what: string, output: string | undefined): CommandError | undefined {
  if (output !== undefined || process.stdout.isTTY) return undefined;
  return new CommandError(`the ${what} is shown on a terminal only: use --output with a file, or with -`);
}

/** Gives a secret out, this once. @returns where it went, to be said after a comma; a secret that nobody has is taken back */
export async function giveOut(
  { what, text, undo }: FreshSecret,
  output: string | undefined,
): Promise<string> {
  const isPrinted = output === undefined || output === '-';
  try {
    if (isPrinted) await printed(`${text}\n`);
    else writeNew(output, `${text}\n`);
  } catch (error) {
    await undo();
    throw new CommandError(`the ${what} cannot be written: ${messageOf(error)}`);
  }
  return isPrinted ? '' : `, in ${output}`;
}

/** As a whole or not at all: what a full disk left of it would keep the next secret from being written there. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (isDiskFull(error)) rmSync(path, { force: true });
    throw error;
  }
}
