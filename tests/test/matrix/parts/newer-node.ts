// Tests of what Node.js 20 does not announce (requests of HTTP/2, outgoing ones of `node:http`): there they are not even defined.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installNode } from '../frameworks/installation.js';
import { REPOSITORY } from '../examples/stage.js';

const MOCHA = join(REPOSITORY, 'node_modules/mocha/bin/mocha.js');
const OLDEST = 22;
const TIMEOUT_MILLIS = 300_000;

const INSTRUMENTATION = 'packages/instrumentation/test-dist';

/** Each with how many tests there are at least, which is more than Node.js 20 has. */
const PARTS: readonly { readonly what: string; readonly args: readonly string[]; readonly least: number }[] =
  [
    {
      what: 'HTTP/2 and outgoing requests',
      args: [
        `${INSTRUMENTATION}/http-server/http2.test.js`,
        `${INSTRUMENTATION}/stand-alone/http2.test.js`,
        `${INSTRUMENTATION}/stand-alone/outgoing-requests.test.js`,
      ],
      least: 30,
    },
    {
      what: 'Fastify on HTTP/2',
      args: ['tests/test-dist/http-server/set-ups.test.js', '--grep', 'HTTP/2'],
      least: 1,
    },
  ];

/** What mocha leaves of a run. */
interface Summary {
  readonly passes: number;
  readonly failures: number;
  readonly failed: readonly string[];
}

const NOTHING_RUN = JSON.stringify({ passes: 0, failures: 0, failed: [] } satisfies Summary);

/**
 * Runs the tests that need a newer Node.js than 20 on each that is one.
 *
 * @returns how many parts failed, or had fewer tests than there are
 */
export async function runNewerNode(majors: readonly string[], say: (line: string) => void): Promise<number> {
  let faulty = 0;
  for (const major of majors.filter((each) => Number(each) >= OLDEST)) {
    const node = await installNode(major);
    for (const { what, args, least } of PARTS) {
      const { passes, failures, failed } = await runTests(node, args);
      const isGood = failures === 0 && passes >= least;
      if (!isGood) faulty += 1;
      const count = `${passes} passed, ${failures} failed`;
      say(`Node ${major}, ${what}: ${isGood ? `ok, ${count}` : [count, ...failed].join('\n  ')}`);
    }
  }
  return faulty;
}

async function runTests(node: string, args: readonly string[]): Promise<Summary> {
  const folder = await mkdtemp(join(tmpdir(), 'cerberus-newer-node-'));
  const file = join(folder, 'summary.json');
  try {
    const error = await promisify(execFile)(node, ['--enable-source-maps', MOCHA, ...args], {
      cwd: REPOSITORY,
      env: { ...process.env, SUMMARY_FILE: file },
      timeout: TIMEOUT_MILLIS,
    }).then(() => undefined, String);
    const summary = JSON.parse(await readFile(file, 'utf8').catch(() => NOTHING_RUN)) as Summary;
    // A mocha that fails although its tests have passed has found that something was left behind.
    if (error === undefined || summary.failures > 0) return summary;
    return { ...summary, failures: 1, failed: [error] };
  } finally {
    await rm(folder, { recursive: true });
  }
}
