import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { generate } from 'selfsigned';
import { WANTED, type Sdk, type WantedDifference } from './wanted-differences.js';

const APPLICATION = fileURLToPath(new URL('../../apps/http-server/', import.meta.url));
const TESTS = fileURLToPath(new URL('../../', import.meta.url));
const DEADLINE_MILLIS = 120_000;

/** Who makes the SERVER spans: HttpInstrumentation, HttpServerInstrumentation, or Cerberus without an SDK. */
export type Kind = 'standard' | 'ours' | 'alone';

/** What was seen of one case. */
export interface Seen {
  readonly spans: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
  readonly notes: readonly string[];
  readonly answer: unknown;
  readonly metrics: readonly unknown[];
}

/** Cases by title. */
export type SeenCases = Readonly<Record<string, Seen>>;

const certificate = generate([{ name: 'commonName', value: 'localhost' }]);

/** Runs a program of the application with one of the instrumentations, and gives what it reports. */
export async function runApplication(
  kind: Kind,
  sdk: Sdk,
  args: readonly string[],
  { node = process.execPath, env = {} }: { readonly node?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<{ readonly report: unknown; readonly said: string }> {
  const { cert, private: key } = await certificate;
  const child = spawn(node, args, {
    cwd: APPLICATION,
    env: {
      PATH: process.env['PATH'],
      KIND: kind,
      SDK_FOLDER: `${TESTS}${sdk}`,
      CERTIFICATE: cert,
      PRIVATE_KEY: key,
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MILLIS,
    killSignal: 'SIGKILL',
  });
  let written = '';
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${args.join(' ')} with ${kind} and ${sdk} ended with ${code}: ${said}`);
  return { report: JSON.parse(written) as unknown, said };
}

/** The same cases with both. */
export async function runBoth(
  sdk: Sdk,
  args: readonly string[],
  node: string = process.execPath,
): Promise<{ readonly standard: SeenCases; readonly ours: SeenCases }> {
  const [standard, ours] = await Promise.all(
    (['standard', 'ours'] as const).map((kind) => runApplication(kind, sdk, args, { node })),
  );
  return { standard: standard?.report as SeenCases, ours: ours?.report as SeenCases };
}

/** What differs and is not wanted, and what is wanted and does not differ; a line each. */
export function faultsOf(sdk: Sdk, standard: SeenCases, ours: SeenCases): string[] {
  const titles = new Set([...Object.keys(standard), ...Object.keys(ours)]);
  return [...titles].flatMap((title) => {
    const found = new Set(differences(standard[title], ours[title]));
    const wanted = new Set(WANTED.filter((row) => concerns(row, sdk, title)).flatMap(({ lines }) => lines));
    return [
      ...[...found].filter((line) => !wanted.has(line)).map((line) => `${title}: ${line}`),
      ...[...wanted].filter((line) => !found.has(line)).map((line) => `${title}: no longer: ${line}`),
    ];
  });
}

function concerns({ cases, sdk: only }: WantedDifference, sdk: Sdk, title: string): boolean {
  return cases.includes(title) && (only === undefined || only === sdk);
}

/** Where there are more or fewer spans, they and their metrics are not compared one by one. */
function differences(standard: Seen | undefined, ours: Seen | undefined): string[] {
  const before = standard?.spans.length;
  const after = ours?.spans.length;
  const lines = before === after ? [] : [`spans: ${before} → ${after}`];
  const one = flat(before === after ? standard : { notes: standard?.notes, answer: standard?.answer });
  const other = flat(before === after ? ours : { notes: ours?.notes, answer: ours?.answer });
  for (const place of new Set([...one.keys(), ...other.keys()])) {
    if (one.get(place) !== other.get(place))
      lines.push(`${place}: ${one.get(place) ?? 'nothing'} → ${other.get(place) ?? 'nothing'}`);
  }
  return lines;
}

function flat(value: unknown, place = '', found = new Map<string, string>()): Map<string, string> {
  if (typeof value !== 'object' || value === null) {
    found.set(place, String(value));
    return found;
  }
  for (const [name, member] of Object.entries(value))
    flat(member, place === '' ? name : `${place}.${name}`, found);
  return found;
}
