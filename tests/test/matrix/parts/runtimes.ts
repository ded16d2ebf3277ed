import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { startServer } from '@cerberus-otel/server';
import { answerOf, type Answered } from '../../support/answering-app.js';
import { installRuntimes, type Runtimes } from '../frameworks/installation.js';
import { placePackages, REPOSITORY } from '../examples/stage.js';

const APPLICATION = join(REPOSITORY, 'tests/apps/runtimes');
const REGISTER = './node_modules/@cerberus-otel/instrumentation/dist/esm/register.js';

/** What docs/frameworks.md says of a runtime. */
interface Claim {
  readonly title: string;
  readonly runtime: Exclude<keyof Runtimes, 'folder'>;
  readonly args: readonly string[];
  holds(answered: Answered): boolean;
}

const saysUnsupported = ({ said }: Answered): boolean => said.includes('Bun is not supported');
const hasRoute = ({ routes }: Answered): boolean => routes.length === 1 && routes[0] === '/users/:id';

const CLAIMS: readonly Claim[] = [
  {
    title: 'Bun, register: says that it is not supported',
    runtime: 'bun',
    args: ['--preload', REGISTER, 'app.mjs'],
    holds: saysUnsupported,
  },
  {
    title: 'Bun, code: says that it is not supported',
    runtime: 'bun',
    args: ['--preload', './instrumentation.mjs', 'app.mjs'],
    holds: saysUnsupported,
  },
  {
    title: 'Deno, register: the event with its route',
    runtime: 'deno',
    args: ['run', '--allow-all', '--preload', REGISTER, 'app.mjs'],
    holds: hasRoute,
  },
  {
    title: 'Deno, code: the event with its route',
    runtime: 'deno',
    args: ['run', '--allow-all', '--preload', './instrumentation.mjs', 'app.mjs'],
    holds: hasRoute,
  },
];

/**
 * Runs an application on the runtimes that are not Node.js, and says whether they do what is said of them.
 *
 * @returns how many do not
 */
export async function runRuntimes(say: (line: string) => void): Promise<number> {
  const runtimes = await installRuntimes();
  const { folder } = runtimes;
  await placePackages(folder);
  await cp(APPLICATION, folder, { recursive: true });
  let faults = 0;
  for (const { title, runtime, args, holds } of CLAIMS) {
    const program = runtimes[runtime];
    const answered = await answerOf(folder, args, { program, eventMillis: 5_000 }).catch(String);
    const isSo = typeof answered !== 'string' && holds(answered);
    if (!isSo) faults += 1;
    say(`${title}: ${isSo ? 'ok' : JSON.stringify(answered)}`);
  }
  const sent = await sentByDeno(runtimes).catch(String);
  const isStored = sent === 'GET /users/1 200';
  say(`Deno, its own OpenTelemetry: the event by OTLP: ${isStored ? 'ok' : sent}`);
  return isStored ? faults : faults + 1;
}

/** What a server has of a request that Deno sends it by OTLP, without a package of Cerberus. */
async function sentByDeno({ folder, deno }: Runtimes): Promise<string> {
  const server = await startServer({ port: 0, host: '127.0.0.1', db: ':memory:', log: () => undefined });
  try {
    await answerOf(folder, ['run', '--allow-all', 'app.mjs'], {
      program: deno,
      eventMillis: 3_000,
      env: {
        OTEL_DENO: 'true',
        OTEL_BSP_SCHEDULE_DELAY: '100',
        OTEL_EXPORTER_OTLP_ENDPOINT: server.url,
        OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${server.token}`,
      },
    });
    const response = await fetch(`${server.url}/api/events`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    const { events } = (await response.json()) as { readonly events: readonly Record<string, unknown>[] };
    return events.map((each) => [each['method'], each['endpoint'], each['status_code']].join(' ')).join(', ');
  } finally {
    await server.close();
  }
}
