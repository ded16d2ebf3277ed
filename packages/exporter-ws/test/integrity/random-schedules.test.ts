// The oracle: whatever happens in whatever order, once the faults stop everything accepted is stored, nothing else is,
// and a fresh event gets through. In batch mode each event is stored once.
import { expect } from 'chai';
import fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CerberusWsExporter } from '../../dist/esm/index.js';
import { ourBackend, scriptedBackend, type Backend } from '../support/backends.js';
import { selfSigned, type Certificate } from '../support/certificates.js';
import { imbalance, QUICK } from '../support/exporters.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { numberedSpans } from '../support/spans.js';
import { startTlsTerminator } from '../support/tls-terminator.js';

const SCHEDULES = Number(process.env['CERBERUS_SCHEDULES'] ?? 60);
const SEED = Number(process.env['CERBERUS_SEED'] ?? Date.now() % 2 ** 31);
const AT_ONCE = 5;

const LINK_FAULTS = ['reset', 'end', 'blackhole', 'drop-down', 'stall', 'slow', 'refuse'];
const FAULTS = [...LINK_FAULTS, 'restart', 'hangUp', 'goodbye', 'choke'];
type Fault = {
  readonly kind: string;
  readonly millis: number;
  readonly code: number;
  readonly events: number;
};
const fault = (transport: 'ws' | 'wss'): fc.Arbitrary<Fault> =>
  fc.record({
    // A changed byte goes unnoticed over plain ws: it has no checksum, so only TLS is asked to notice it.
    kind: fc.constantFrom(...(transport === 'wss' ? [...FAULTS, 'corrupt'] : FAULTS)),
    millis: fc.integer({ min: 1, max: 250 }),
    code: fc.constantFrom(1000, 1001, 1011, 1013, 4400, 4409),
    events: fc.integer({ min: 0, max: 120 }),
  });

const schedule = fc
  .record({
    mode: fc.constantFrom('batch' as const, 'event' as const),
    transport: fc.constantFrom('ws' as const, 'wss' as const),
    backend: fc.constantFrom('ours' as const, 'scripted' as const),
    gzip: fc.boolean(),
  })
  .chain((setting) =>
    fc
      .array(fault(setting.transport), { minLength: 1, maxLength: 6 })
      .map((faults) => ({ ...setting, faults })),
  );
type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

async function inflict(step: Fault, proxy: FaultProxy, backend: Backend, newest: string): Promise<void> {
  const { kind, millis, code } = step;
  if (kind === 'reset') proxy.reset();
  else if (kind === 'end') proxy.end();
  else if (kind === 'hangUp') backend.hangUp(code);
  else if (kind === 'goodbye') backend.goodbye(code);
  else if (kind === 'choke') backend.chokeOn(newest);
  else if (kind === 'refuse') proxy.refuse(true);
  else if (kind === 'restart') await backend.down();
  else proxy.set(kind as 'blackhole');
  await sleep(millis);
  if (kind === 'restart') await backend.up();
  backend.chokeOn();
  proxy.refuse(false);
  if (kind !== 'corrupt') proxy.set('pass');
}

/** Runs one schedule; fails when the oracle does. @returns events accepted and connections made */
async function play(
  { mode, transport, backend: kind, gzip, faults }: Schedule,
  certificate: Certificate,
): Promise<{ accepted: number; connections: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'cerberus-schedule-'));
  const backend = kind === 'ours' ? await ourBackend(folder) : await scriptedBackend(mode);
  const tls = transport === 'wss' ? await startTlsTerminator(certificate, () => backend.port) : undefined;
  const proxy = await FaultProxy.start(() => tls?.port ?? backend.port);
  const exporter = new CerberusWsExporter(
    {
      ...QUICK,
      wsUrl: `${transport}://localhost:${proxy.port}/ws/events`,
      protocol: mode,
      compression: gzip && mode === 'batch' ? 'gzip' : 'none',
      maxBatchEvents: 20,
      // Whatever the backend choked on is digested in the end.
      maxPoisonAttempts: 0,
      // In event mode three connections that wait in vain for their first answer end the attempts for minutes, by design: that is
      // for a backend that never answers, and not for one whose first answer takes a busy machine as long as this.
      ackTimeoutMillis: mode === 'event' ? 2_000 : 300,
      forceFlushTimeoutMillis: 20_000,
      tlsCa: certificate.cert,
    },
    { env: { CERBERUS_WARNINGS: 'false' } },
  );
  const unbalanced = new Set<number>();
  const sample = setInterval(() => unbalanced.add(imbalance(exporter.stats())), 5);
  let exported = 0;
  const burst = (count: number): void => {
    exporter.export(numberedSpans(count, exported), () => undefined);
    exported += count;
  };
  try {
    burst(10);
    // A backend of event mode that never acknowledged anything is asked again after minutes only, by design.
    if (mode === 'event') await exporter.forceFlush();
    for (const step of faults) {
      burst(step.events);
      await inflict(step, proxy, backend, `/${exported - 1}`);
    }
    proxy.set('pass');
    burst(1);
    await exporter.forceFlush();
    const stored = await backend.stored();
    const { accepted, acked, rejected } = exporter.stats();
    expect([accepted, acked, rejected], 'accepted, acked, rejected').to.deep.equal([exported, exported, 0]);
    expect(new Set(stored).size, 'events stored').to.equal(exported);
    if (mode === 'batch') expect(stored.length, 'stored once').to.equal(exported);
    expect(
      [...unbalanced].filter((value) => value !== 0),
      'imbalance',
    ).to.deep.equal([]);
    return { accepted, connections: proxy.connections };
  } finally {
    clearInterval(sample);
    await exporter.shutdown();
    await proxy.stop();
    await tls?.stop();
    await backend.down();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A schedule that hangs is a failure with a name. */
async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the schedule did not end in 60 s')), 60_000);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}

describe('random schedules of faults', function () {
  this.timeout(40_000 + SCHEDULES * 4_000);

  it(`end with everything accepted stored and nothing else (${SCHEDULES} schedules, seed ${SEED})`, async () => {
    const certificate = await selfSigned('localhost');
    const schedules = fc.sample(schedule, { numRuns: SCHEDULES, seed: SEED });
    const total = { accepted: 0, connections: 0 };
    const next = schedules.entries();
    let hasFailed = false;
    const worker = async (): Promise<void> => {
      for (const [index, each] of next) {
        if (hasFailed) return;
        const result = await withDeadline(play(each, certificate)).catch((error: unknown) => {
          hasFailed = true;
          throw new Error(`${String(error)} in schedule ${index} of seed ${SEED}: ${JSON.stringify(each)}`, {
            cause: error,
          });
        });
        total.accepted += result.accepted;
        total.connections += result.connections;
      }
    };
    // Those that run beside one that fails are over as well when the test is.
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    expect(total.accepted).to.be.above(SCHEDULES * 10);
    expect(total.connections).to.be.at.least(SCHEDULES);
  });
});
