import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { interleave, type Subject } from '../harness/rounds.ts';
import { APPLICATIONS, WAYS, type StartUpApplication, type Way } from './names.ts';
import { startOnce, type Start } from './start.ts';

/** What is started, and how often. */
export interface StartUpPlan {
  readonly applications: readonly StartUpApplication[];
  readonly ways: readonly Way[];
  readonly rounds: number;
}

/** Every start of one application, by the way it is instrumented, one per round. */
export interface StartUp {
  readonly application: StartUpApplication;
  readonly starts: ReadonlyMap<Way, readonly Start[]>;
}

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const PEERS = join(REPOSITORY, 'benchmarks/peers');

/** Part 7: how long a fresh process takes to listen, each start in a process of its own. */
export async function measureStartUp({
  applications,
  ways,
  rounds,
}: StartUpPlan): Promise<readonly StartUp[]> {
  installOurs();
  const results: StartUp[] = [];
  for (const application of applications) {
    const subjects = ways.map((way) => subjectOf(application, way));
    // Once unmeasured: the files are in the system's cache afterwards.
    await interleave(subjects, 1);
    const starts = await interleave(subjects, rounds);
    results.push({ application, starts: starts as Map<Way, Start[]> });
  }
  return results;
}

function subjectOf(application: StartUpApplication, way: Way): Subject<Start> {
  const { set, options, env } = WAYS[way];
  return {
    name: way,
    measure: () =>
      startOnce([...options, join(PEERS, 'start-up', APPLICATIONS[application])], join(PEERS, set), env),
  };
}

/** As npm would install them. A link would find the OpenTelemetry of this workspace, beside that of the application. */
function installOurs(): void {
  for (const name of ['exporter-ws', 'instrumentation']) {
    const to = join(PEERS, 'start-up/node_modules/@cerberus-otel', name);
    rmSync(to, { recursive: true, force: true });
    for (const part of ['package.json', 'dist']) {
      cpSync(join(REPOSITORY, 'packages', name, part), join(to, part), { recursive: true });
    }
  }
}
