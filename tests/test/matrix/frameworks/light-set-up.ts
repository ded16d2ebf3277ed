import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Capture } from './framework.js';
import { REPOSITORY, translate, type Modules } from '../examples/stage.js';

/** The last line of what is replaced. What follows has to do with the framework, and stays. */
const STARTED = 'sdk.start();\n';

/**
 * Puts a light capture in the place of what sets OpenTelemetry up in an example that has been staged.
 *
 * @throws Error when the example is not set up as the others are
 */
export async function setUpLight(
  example: string,
  folder: string,
  modules: Modules,
  capture: Exclude<Capture, 'standard'>,
): Promise<void> {
  const own = await readFile(join(REPOSITORY, 'examples', example, 'instrumentation.mjs'), 'utf8');
  const [, rest] = own.split(STARTED);
  if (rest === undefined) throw new Error(`${example} does not start an SDK`);
  const setUp = await readFile(join(REPOSITORY, 'tests/apps/light-capture', `${capture}.mjs`), 'utf8');
  const text = setUp + rest;
  const [name, code] =
    modules === 'cjs'
      ? ['instrumentation.cjs', await translate(text, modules)]
      : ['instrumentation.mjs', text];
  await writeFile(join(folder, name), code);
}
