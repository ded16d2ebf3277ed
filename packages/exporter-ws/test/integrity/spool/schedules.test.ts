// The oracle of a spool: whatever befalls the backend, and whenever the application is killed and started again, what was on disk at
// its end is stored at last, once in batch mode; and what is lost was only in the memory of a process that was killed.
import { expect } from 'chai';
import fc from 'fast-check';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ourBackend, scriptedBackend, type Backend } from '../../support/backends.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { QUICK } from '../../support/exporters.js';
import { FaultProxy } from '../../support/fault-proxy.js';
import { acceptedIn, numbersOnDisk, segmentsBelow, startLife, type Life } from '../../support/lives.js';
import type { ApplicationTask } from '../../support/spooling-application.js';

const SCHEDULES = Number(process.env['CERBERUS_SPOOL_SCHEDULES'] ?? 4);
const SEED = Number(process.env['CERBERUS_SEED'] ?? Date.now() % 2 ** 31);
const AT_ONCE = 4;
const QUEUE_EVENTS = 50;
/** An event waits a second at most for others that go to disk with it. */
const OPEN_MILLIS = 1_000;
/** To write them then, on a machine that does other work. */
const WRITE_MILLIS = 1_500;
const DEADLINE_MILLIS = 120_000;

/** Nobody could take what ends so for the fault of an event, whose frame would then be taken apart and go by other numbers. */
const POLITE = ['calm', 'down', 'refuse', 'throttle', 'silence', 'hangUp'];
const ROUGH = [...POLITE, 'reset', 'end', 'blackhole', 'drop-down', 'stall', 'choke'];

const fault = (kinds: readonly string[]): fc.Arbitrary<{ kind: string; millis: number; code: number }> =>
  fc.record({
    kind: fc.constantFrom(...kinds),
    // The queue is full after 10 to 250 milliseconds.
    millis: fc.integer({ min: 20, max: 900 }),
    code: fc.constantFrom(1001, 1012, 1013, 4409),
  });
type Fault = ReturnType<typeof fault> extends fc.Arbitrary<infer T> ? T : never;

const life = fc.record({
  millis: fc.integer({ min: 50, max: 1_500 }),
  perStep: fc.integer({ min: 1, max: 25 }),
  ending: fc.constantFrom(
    'kill' as const,
    'kill' as const,
    'kill' as const,
    'exit' as const,
    'shutdown' as const,
  ),
  /** Lives so much longer than the other, with the same folder; undefined: there is none. */
  partnerMillis: fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined, freq: 2 }),
});

const schedule = fc
  .record({
    mode: fc.constantFrom('batch' as const, 'event' as const),
    backend: fc.constantFrom('ours' as const, 'scripted' as const, 'scripted' as const),
    isRough: fc.boolean(),
    /** Too few bytes for all that comes. */
    isNarrow: fc.boolean(),
    lives: fc.array(life, { minLength: 2, maxLength: 3 }),
  })
  .chain((setting) =>
    fc
      .array(fault(setting.isRough ? ROUGH : POLITE), { minLength: 3, maxLength: 10 })
      .map((faults) => ({ ...setting, faults })),
  );
type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

/** What the parts of one run have in common. */
interface Stage {
  readonly backend: Backend;
  readonly proxy: FaultProxy;
  readonly folder: string;
  readonly spoolDir: string;
  readonly task: Omit<ApplicationTask, 'first' | 'logFile'>;
}

async function inflict(
  { kind, millis, code }: Fault,
  { proxy, backend }: Stage,
  newest: number,
): Promise<void> {
  if (kind === 'reset') proxy.reset();
  else if (kind === 'end') proxy.end();
  else if (kind === 'hangUp') backend.hangUp(code);
  else if (kind === 'choke') backend.chokeOn(`/${newest}`, `/${newest - 40}`);
  else if (kind === 'throttle') backend.throttle(millis / 4);
  else if (kind === 'silence') backend.silence(true);
  else if (kind === 'refuse') proxy.refuse(true);
  else if (kind !== 'calm' && kind !== 'down') proxy.set(kind as 'blackhole');
  if (kind === 'refuse' || kind === 'down' || kind === 'silence') await sleep(millis / 4);
  // Without a goodbye the end would be taken for the fault of an event.
  if (kind === 'refuse' || kind === 'down' || kind === 'silence') backend.hangUp(code);
  if (kind === 'down') {
    await sleep(20);
    await backend.down();
  }
  await sleep(millis);
  if (kind === 'down') await backend.up();
  heal(proxy, backend);
}

function heal(proxy: FaultProxy, backend: Backend): void {
  backend.chokeOn();
  backend.throttle(undefined);
  backend.silence(false);
  proxy.refuse(false);
  proxy.set('pass');
}

/** What an application accepted, and what of that may be lost. */
interface Account {
  readonly accepted: ReadonlyMap<number, number>;
  readonly ending: 'kill' | 'exit' | 'shutdown';
  readonly steps: ReturnType<Life['steps']>;
}

/** The applications of a schedule, one after the other, some of them with a second one beside. */
async function liveThrough(
  stage: Stage,
  lives: Schedule['lives'],
  onNewest: (newest: number) => void,
): Promise<{ accounts: Account[]; onDisk: Set<number> }> {
  const accounts: Account[] = [];
  const onDisk = new Set<number>();
  const begin = async (first: number, perStep: number): Promise<Life> =>
    startLife({ ...stage.task, first, perStep, logFile: join(stage.folder, `${first}.log`) });
  const account = (first: number, { steps }: Life, ending: Account['ending']): void => {
    accounts.push({ accepted: acceptedIn(first, steps()), ending, steps: steps() });
  };
  for (const [index, { millis, perStep, ending, partnerMillis }] of lives.entries()) {
    const first = index * 1_000_000;
    const application = await begin(first, perStep);
    const partner = partnerMillis === undefined ? undefined : await begin(first + 500_000, perStep);
    await sleep(millis / 2);
    onNewest(application.steps().at(-1)?.next ?? first);
    await sleep(millis / 2);
    await application.end(ending);
    account(first, application, ending);
    if (partner !== undefined) {
      await sleep(partnerMillis);
      await partner.end('kill');
      account(first + 500_000, partner, 'kill');
    }
    for (const number of await numbersOnDisk(stage.spoolDir)) onDisk.add(number);
  }
  return { accounts, onDisk };
}

/** Fails when more is lost than was in memory alone. */
function checkLosses({ accepted, ending, steps }: Account, stored: ReadonlySet<number>): number {
  const numbers = [...accepted.keys()];
  const lost = numbers.filter((number) => !stored.has(number));
  const { at: died = 0, dropped = 0 } = steps.at(-1) ?? {};
  if (ending !== 'kill') {
    expect(lost.length, `lost although the end was told (${ending}), and not counted`).to.be.at.most(dropped);
    return lost.length;
  }
  // What was accepted for the disk gets there in its order, so that only its end can be missing.
  let end = numbers.length;
  while (end > 0 && !stored.has(numbers[end - 1] ?? 0)) end -= 1;
  const early = lost.filter((number) => number < (numbers[end] ?? Infinity));
  expect(early.length, 'lost that were in the queue').to.be.at.most(QUEUE_EVENTS);
  const tail = numbers.slice(end).map((number) => accepted.get(number) ?? 0);
  const pause = Math.max(...steps.map(({ at }, index) => at - (steps[index - 1]?.at ?? at)));
  const since = died - OPEN_MILLIS - WRITE_MILLIS - 2 * pause;
  const late = tail.filter((at) => at < since);
  expect(late.length, 'lost that were accepted long before the end').to.be.at.most(QUEUE_EVENTS);
  return lost.length;
}

/** Runs one schedule; fails when the oracle does. @returns events accepted, lost, and seen on disk */
async function play(each: Schedule): Promise<{ accepted: number; lost: number; onDisk: number }> {
  const { mode, isNarrow, isRough, lives, faults } = each;
  const folder = await mkdtemp(join(tmpdir(), 'cerberus-spool-schedule-'));
  const spoolDir = join(folder, 'spool');
  await mkdir(spoolDir);
  const backend = each.backend === 'ours' ? await ourBackend(folder) : await scriptedBackend(mode);
  const proxy = await FaultProxy.start(() => backend.port);
  const options = {
    ...QUICK,
    wsUrl: `ws://127.0.0.1:${proxy.port}/ws/events`,
    protocol: mode,
    maxQueueEvents: QUEUE_EVENTS,
    maxBatchEvents: 20,
    maxPoisonAttempts: 0,
    ackTimeoutMillis: isRough && mode === 'batch' ? 400 : 5_000,
    pingIntervalMillis: isRough ? 200 : 10_000,
    pingTimeoutMillis: 5_000,
    forceFlushTimeoutMillis: 20_000,
    spoolDir,
    ...(isNarrow ? { maxSpoolBytes: 150_000 } : {}),
  };
  const stage = { backend, proxy, folder, spoolDir, task: { perStep: 1, stepMillis: 5, options } };
  let newest = 0;
  const weatherEnds = { now: false };
  const weather = async (): Promise<void> => {
    for (let index = 0; !weatherEnds.now; index += 1)
      await inflict(faults[index % faults.length] as Fault, stage, newest);
  };
  try {
    const bad = weather();
    const lived = liveThrough(stage, lives, (number) => void (newest = number)).finally(() => {
      weatherEnds.now = true;
    });
    const [{ accounts, onDisk }] = await Promise.all([lived, bad]);
    heal(proxy, backend);
    const first = lives.length * 1_000_000;
    const last = await startLife({ ...stage.task, first, stepMillis: 20, logFile: join(folder, 'last.log') });
    await until('the spool to be sent', () => segmentsBelow(spoolDir).length === 0, 30_000).catch(
      (error: unknown) => {
        throw new Error(JSON.stringify(last.steps().at(-1)), { cause: error });
      },
    );
    await last.end('flush');
    const paths = await backend.stored();
    const numbers = paths.map((path) => Number(path.slice(1)));
    const stored = new Set(numbers);
    expect(
      [...onDisk].filter((number) => !stored.has(number)),
      'lost although on disk',
    ).to.deep.equal([]);
    const lasting = [...acceptedIn(first, last.steps()).keys()];
    expect(
      lasting.filter((number) => !stored.has(number)),
      'lost of the last',
    ).to.deep.equal([]);
    const lost = accounts.map((account) => checkLosses(account, stored));
    const refused = [...accounts, { steps: last.steps() }].flatMap(({ steps }) =>
      steps.flatMap((step) => step.refused),
    );
    expect(
      refused.filter((number) => stored.has(number)),
      'stored although refused',
    ).to.deep.equal([]);
    if (mode === 'batch') {
      const once = new Set<number>();
      const twice = numbers.filter((number) => once.has(number) || !once.add(number));
      // PROTOCOL.md: events of a frame that was taken apart go by other numbers.
      const unexcused = isRough ? twice.filter((number) => !onDisk.has(number)) : twice;
      expect(unexcused, 'stored twice').to.deep.equal([]);
    }
    const unbalanced = accounts.flatMap(({ steps }) => steps.filter(({ imbalance }) => imbalance !== 0));
    expect(unbalanced, 'unbalanced').to.deep.equal([]);
    return {
      accepted: accounts.reduce((sum, { accepted }) => sum + accepted.size, 0),
      lost: lost.reduce((sum, count) => sum + count, 0),
      onDisk: onDisk.size,
    };
  } finally {
    weatherEnds.now = true;
    await proxy.stop();
    await backend.down();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A schedule that hangs is a failure with a name. */
async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the schedule did not end in time')), DEADLINE_MILLIS);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}

describe('random schedules of faults and kills, with a spool', function () {
  this.timeout(DEADLINE_MILLIS + SCHEDULES * 20_000);

  it(`F44 end with everything that was on disk stored, and nothing lost but memory (${SCHEDULES} schedules, seed ${SEED})`, async () => {
    const schedules = fc.sample(schedule, { numRuns: SCHEDULES, seed: SEED });
    const total = { accepted: 0, lost: 0, onDisk: 0 };
    const next = schedules.entries();
    let hasFailed = false;
    const worker = async (): Promise<void> => {
      for (const [index, each] of next) {
        if (hasFailed) return;
        const result = await withDeadline(play(each)).catch((error: unknown) => {
          hasFailed = true;
          throw new Error(`${String(error)} in schedule ${index} of seed ${SEED}: ${JSON.stringify(each)}`, {
            cause: error,
          });
        });
        total.accepted += result.accepted;
        total.lost += result.lost;
        total.onDisk += result.onDisk;
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    // The schedules have to hurt, or they show nothing.
    expect(total.onDisk).to.be.above(SCHEDULES * 50);
    expect(total.lost).to.be.below(total.accepted);
  });
});
