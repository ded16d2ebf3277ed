import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ownLocation } from '../sdk/own-location.ts';
import { CHECKED } from './set-up.ts';

/**
 * A check-up in a process that loads the application's own set-up first, as the application would, and so has the options
 * that code gives. What that process prints goes to the same place.
 *
 * @param preloads flags of Node.js: `--import` or `--require`, and the file
 * @returns the exit code: 0 when nothing failed
 */
export async function doctorWithSetUp(preloads: readonly string[]): Promise<number> {
  const here = ownLocation();
  if (here === undefined) return 1;
  // That of `dist/esm/sdk`: the command is an ES module.
  const near = (file: string): string => fileURLToPath(new URL(file, here));
  // `require`, because Node.js preloads what is to be required before what is to be imported.
  const args = ['--require', near('../../cjs/doctor/listen.js'), ...preloads, near('../doctor/inside.js')];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== null && code >= CHECKED) return code - CHECKED;
  process.stdout.write(
    'FAIL  set-up: the process ended before anything could be checked, with the file or one that it loads\n',
  );
  return 1;
}
