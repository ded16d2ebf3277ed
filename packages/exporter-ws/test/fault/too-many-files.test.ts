// A process that has too many files open just then cannot load `ws`, nor read what is on disk: later it can.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { SPAN_SOURCE } from '../support/child.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';

const cwd = fileURLToPath(new URL('../..', import.meta.url));
/** Of the script, in a process that may have 200 files open. */
async function withFewFiles(script: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    'sh',
    ['-c', 'ulimit -n 200 && exec "$0" --input-type=module -e "$1"', process.execPath, script],
    { cwd, timeout: 30_000 },
  );
  return stdout;
}

const LOADED = {
  'an ES module': "const { CerberusWsExporter } = await import('@cerberus-otel/exporter-ws');",
  CommonJS:
    "const { CerberusWsExporter } = createRequire(process.cwd() + '/x.js')('@cerberus-otel/exporter-ws');",
};

describe('F37 too many open files at the first connection', () => {
  for (const [kind, load] of Object.entries(LOADED)) {
    it(`costs no event once there are fewer, from ${kind}`, async () => {
      const backend = new BatchBackend();
      const server = await ScriptedServer.start(backend.script());
      const script = `
        import { closeSync, openSync } from 'node:fs';
        import { createRequire } from 'node:module';
        ${load}
        ${SPAN_SOURCE}
        const e = new CerberusWsExporter({
          wsUrl: '${server.url}', token: 't', clientId: 'c', initialBackoffMillis: 20, maxBackoffMillis: 20,
        });
        const open = [];
        try { for (;;) open.push(openSync('/dev/null', 'r')); } catch {}
        e.export(spans(3), () => {});
        const holding = setInterval(() => {
          if (e.stats().lastFailure === null) return;
          clearInterval(holding);
          open.forEach(closeSync);
          e.forceFlush().then(() => console.log(e.stats().acked));
        }, 5);`;
      const stdout = await withFewFiles(script);
      expect(stdout.trim()).to.equal('3');
      expect(backend.stored).to.have.length(3);
    });
  }
});

describe('F37 too many open files while a spool is read', () => {
  it('loses nothing that is on disk, of this process or of one that is gone, and says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cerberus-spool-'));
    afterTest(() => rm(folder, { recursive: true, force: true }));
    const stdout = await withFewFiles(`
      import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
      import { join } from 'node:path';
      import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
      import { drain, segmentsIn, spoolIn } from './test-dist/spool/spools.js';
      import { systemClock } from './dist/esm/clock.js';
      import { scanSegment } from './dist/esm/spool/segment-file.js';
      const clock = { ...systemClock, after: (millis, done) => systemClock.after(millis / 20, done) };
      const stay = setInterval(() => {}, 1000);
      async function written(count) {
        const one = spoolIn(${JSON.stringify(folder)}, { clock });
        for (let index = 0; index < count; index += 1) one.add('{"event":' + index + '}');
        for (;;) {
          const files = await segmentsIn(${JSON.stringify(folder)});
          const records = await Promise.all(files.map(async (file) => (await scanSegment(file)).records));
          if (records.flat().some(({ events }) => events === count)) return one;
          await sleep(5);
        }
      }
      async function withoutFiles(work) {
        const open = [];
        try { for (;;) open.push(openSync('/dev/null', 'r')); } catch {}
        await work();
        open.forEach(closeSync);
      }
      const count = (frames) => frames.reduce((sum, { events }) => sum + events.length, 0);

      const gone = await written(300);
      await gone.spool.close();
      const heir = await written(500);
      let own;
      await withoutFiles(async () => {
        own = drain(heir.spool.own);
        await sleep(400);
      });
      const [client] = readdirSync(${JSON.stringify(folder)}).map((name) => join(${JSON.stringify(folder)}, name));
      const locks = readdirSync(client).map((name) => join(client, name, 'owner-nobody'));
      const lock = locks.find((path) => existsSync(path));
      const adopting = heir.spool.adopt();
      while (existsSync(lock)) await turn();
      // The folder is ours, and nothing in it was read.
      let early;
      await withoutFiles(async () => { early = await adopting; });
      const [left] = await heir.spool.adopt();
      console.log(JSON.stringify({
        own: count(await own),
        early: early.length,
        left: count(await drain(left)),
        troubles: heir.troubles,
      }));
      clearInterval(stay);`);
    const told = JSON.parse(stdout) as unknown;
    const troubles = [{ kind: 'read_failed', code: 'EMFILE' }];
    expect(told).to.deep.equal({ own: 500, early: 0, left: 300, troubles });
  });
});
