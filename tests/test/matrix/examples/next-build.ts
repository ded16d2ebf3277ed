import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Launch } from './example-process.js';

const NEXT = '../node_modules/next/dist/bin/next';

/** How the built example is started. */
export const NEXT_ENTRY: readonly string[] = [NEXT, 'start'];

/** Builds it, as its start command does. */
export async function buildNext({ node, folder }: Launch): Promise<void> {
  await promisify(execFile)(node, [NEXT, 'build'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NEXT_TELEMETRY_DISABLED: '1' },
    timeout: 300_000,
  });
}
