// The routes of Next.js: those that HttpServerInstrumentation reads beside those that the spans of Next.js say.
import { on, once } from 'node:events';
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Kind } from '../../http-server/comparison.js';
import type { Sdk } from '../../http-server/wanted-differences.js';
import { installNextRoutes } from '../frameworks/installation.js';
import { buildNext, NEXT_ENTRY } from '../examples/next-build.js';
import { REPOSITORY } from '../examples/stage.js';

const TESTS = join(REPOSITORY, 'tests');
const DEADLINE_MILLIS = 60_000;

const GETS = `
  /users/7 /users/7?q=1 /users/a%20b /grouped/1 /fail/1 /streamed/1
  /docs/a /docs/a/b /maybe /maybe/a/b /shop/cup /fixed /lost/1
  /api/items/3 /api/items/fails /old/tea /old/lost
  /rewritten/1 /by-configuration/1 /moved/1 /answered/1
  /nowhere /users /docs / /404 /500 /_error /_not-found /_next/static/none
`
  .trim()
  .split(/\s+/);
const REQUESTS = [...GETS, ...['HEAD', 'OPTIONS', 'POST', 'PUT'].map((method) => `${method} /users/7`)];

/** The SERVER spans of one request, the root first. */
type Spans = readonly { readonly name: string; readonly route?: string }[];

/** What Next.js calls a request that no page of the application answers. */
const NO_ROUTES = new Set(['/_not-found', '/404', '/500', '/_error']);

/** Where it is put and built once, and the version of Next.js. */
export async function prepareNextRoutes(node: string): Promise<string> {
  const folder = join(await installNextRoutes(), 'app');
  await rm(folder, { recursive: true, force: true });
  await cp(join(TESTS, 'apps/next-routes'), folder, { recursive: true });
  await buildNext({ node, args: [], folder });
  return folder;
}

/** What differs, a line each: the SERVER span of HttpServerInstrumentation is to say the route that Next.js says on any. */
export async function nextRouteFaults(folder: string, sdk: Sdk, node: string): Promise<string[]> {
  const standard = await spansOf(folder, 'standard', sdk, node);
  const ours = await spansOf(folder, 'ours', sdk, node);
  const routed = [...standard.values()].filter((spans) => routeSaid(spans) !== undefined).length;
  const faults = routed < 20 ? [`only ${routed} requests have routes`] : [];
  for (const request of REQUESTS) {
    const said = routeSaid(standard.get(request) ?? []);
    const [root] = ours.get(request) ?? [];
    const read = root && routeSaid([root]);
    const method = request.startsWith('/') ? 'GET' : request.split(' ', 1)[0];
    const isNamed = root?.name === (said === undefined ? method : `${method} ${said}`);
    // There the page that says so has taken the place of the route, and only the spans still know it.
    const isReplaced = request === '/old/lost' && root?.name === method;
    if (read !== said || !(isNamed || isReplaced))
      faults.push(`${request}: ${said} → ${root?.name} (${read})`);
  }
  return faults;
}

/** As events have it. */
function routeSaid(spans: Spans): string | undefined {
  return spans.map(({ route }) => route).find((route) => route !== undefined && !NO_ROUTES.has(route));
}

async function spansOf(folder: string, kind: Kind, sdk: Sdk, node: string): Promise<Map<string, Spans>> {
  const child = start(folder, kind, sdk, node);
  try {
    const port = await portOf(child);
    const seen = new Map<string, Spans>();
    for (const request of REQUESTS) {
      await send(port, request);
      child.send('spans');
      const [spans] = (await once(child, 'message', deadline())) as [Spans];
      seen.set(request, spans);
    }
    return seen;
  } finally {
    child.kill('SIGKILL');
  }
}

function start(folder: string, kind: Kind, sdk: Sdk, node: string): ChildProcess {
  const setUp = join(TESTS, 'apps/http-routes/next-set-up.cjs');
  return spawn(node, ['--require', setUp, ...NEXT_ENTRY, '--port', '0'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      KIND: kind,
      SDK_FOLDER: join(TESTS, sdk),
      NEXT_TELEMETRY_DISABLED: '1',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

const deadline = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(DEADLINE_MILLIS) });

async function portOf({ stdout }: ChildProcess): Promise<string> {
  let output = '';
  for await (const [chunk] of on(stdout as Readable, 'data', deadline())) {
    output += String(chunk);
    const port = /Local: +\S+:(\d+)\s/.exec(output)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error(`it did not start: ${output}`);
}

async function send(port: string, request: string): Promise<void> {
  const [method, path] = request.startsWith('/') ? ['GET', request] : request.split(' ');
  const response = await fetch(`http://localhost:${port}${path}`, {
    method,
    redirect: 'manual',
    ...deadline(),
  } as RequestInit);
  await response.text();
}
