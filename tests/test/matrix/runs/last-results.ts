import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Combination } from './combinations.js';
import type { RunResult } from './run-combination.js';
import { REPOSITORY } from '../examples/stage.js';

const FOLDER = join(REPOSITORY, '.matrix');
const FILE = join(FOLDER, 'results.json');

/** What was found when each combination was run last, in their order; without those that never were. */
export async function lastResults(chosen: readonly Combination[]): Promise<RunResult[]> {
  const all = await read();
  return chosen.flatMap((combination) => all.find((each) => isSame(each.combination, combination)) ?? []);
}

/** The writes one after the other: two frameworks run at a time. */
let written = Promise.resolve();

/** Keeps a result in the place of the one before. */
export function keepResult(result: RunResult): Promise<void> {
  written = written.then(() => write(result));
  return written;
}

async function write(result: RunResult): Promise<void> {
  const others = (await read()).filter(({ combination }) => !isSame(combination, result.combination));
  await mkdir(FOLDER, { recursive: true });
  await writeFile(FILE, JSON.stringify([...others, result]));
}

async function read(): Promise<RunResult[]> {
  return existsSync(FILE) ? (JSON.parse(await readFile(FILE, 'utf8')) as RunResult[]) : [];
}

/** A file does not keep what is undefined. */
function isSame(one: Combination, other: Combination): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)));
}
