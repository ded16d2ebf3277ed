// What a process leaves on disk is stored once, by whichever process finds it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

import { runScript, SPAN_SOURCE } from '../../support/child.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { BatchBackend } from '../../support/scripted-server.js';
import { numberedSpans } from '../../support/spans.js';
import { backendOf, ignore, useSpooling } from '../../support/spooling.js';

describe('spool', () => {
  const spooling = useSpooling();

  it('is never sent twice, although the process that had sent it was gone before the acknowledgement', async () => {
    const backend = new BatchBackend();
    backend.silent = true;
    await spooling.serve(backend.script());
    const exporter = spooling.exporterTo(spooling.server.port, {
      protocol: 'batch',
      shutdownTimeoutMillis: 300,
      ackTimeoutMillis: 10_000,
    });
    exporter.export(numberedSpans(60), ignore);
    await until('all of them', () => backend.stored.length === 60);
    await exporter.shutdown();
    expect(exporter.stats().spooled.events).to.equal(60);
    backend.silent = false;
    const next = spooling.exporterTo(spooling.server.port, { protocol: 'batch' });
    await until('the acknowledgement', () => next.stats().acked === 60);
    expect(backend.stored).to.have.length(60);
    await until('the files to be deleted', () => spooling.files().length === 0);
  });

  it('takes what process.exit finds, and the next process stores it once, sent or not', async () => {
    const backend = new BatchBackend();
    await spooling.serve(backend.script());
    const options = {
      wsUrl: spooling.server.url,
      token: 't',
      clientId: 'shop',
      protocol: 'batch',
      spoolDir: spooling.folder,
    };
    const exit = await runScript(
      `${SPAN_SOURCE}
      const e = new CerberusWsExporter(${JSON.stringify({ ...options, flushIntervalMillis: 60_000 })});
      e.export(spans(1), () => {});
      await e.forceFlush();
      e.export(spans(301).slice(1), () => {});
      process.on('exit', () => console.log(JSON.stringify(e.stats())));
      process.exit(0);`,
    );
    const stats = JSON.parse(exit.stdout) as { spooled: { events: number }; dropped: { exit: number } };
    expect([stats.spooled.events, stats.dropped.exit]).to.deep.equal([300, 0]);
    await until('the last write', () => backend.stored.length === 301);
    const next = spooling.exporterTo(spooling.server.port, { protocol: 'batch' });
    await until('what was on disk', () => next.stats().acked === 300);
    expect(backend.stored).to.have.length(301);
  });

  it('takes what process.exit finds while a shutdown says goodbye, which was not on disk yet', async () => {
    const backend = new BatchBackend();
    backend.silent = true;
    let acknowledge = (): void => undefined;
    backend.onFrame = (seq, _events, socket) => {
      acknowledge = () => socket.send(JSON.stringify({ type: 'ack', seq }));
      return true;
    };
    await spooling.serve(backend.script());
    const options = {
      wsUrl: spooling.server.url,
      token: 't',
      clientId: 'shop',
      protocol: 'batch',
      spoolDir: spooling.folder,
      maxQueueEvents: 100,
    };
    const mark = join(spooling.folder, 'shutting-down');
    const exit = runScript(
      `${SPAN_SOURCE}
      import { writeFileSync } from 'node:fs';
      import { setImmediate as turn } from 'node:timers/promises';
      const e = new CerberusWsExporter(${JSON.stringify(options)});
      e.export(spans(150), () => {});
      while (e.stats().inFlight < 100) await turn();
      void e.shutdown();
      writeFileSync(${JSON.stringify(mark)}, '');
      while (e.stats().state !== 'closed') await turn();
      console.log(e.stats().acked);
      process.exit(0);`,
    );
    await until('the shutdown to begin', () => existsSync(mark));
    acknowledge();
    expect((await exit).stdout.trim()).to.equal('100');
    backend.silent = false;
    const next = spooling.exporterTo(spooling.server.port, { protocol: 'batch' });
    await until('what was on disk', () => next.stats().acked === 50);
    expect(backend.stored).to.have.length(150);
  });

  it('F44 loses no spooled event when the process is killed, and stores none twice', async function () {
    this.timeout(60_000);
    const backend = new BatchBackend();
    const port = await spooling.freePort();
    const options = {
      wsUrl: `ws://127.0.0.1:${port}/`,
      token: 't',
      clientId: 'shop',
      protocol: 'batch',
      spoolDir: spooling.folder,
      maxQueueEvents: 50,
      initialBackoffMillis: 10,
      maxBackoffMillis: 50,
    };
    for (let life = 0; life < 3; life += 1) {
      // Each life has its own numbers, and is killed while it spools or, with a backend, while it drains.
      const life_ = runScript(
        `${SPAN_SOURCE}
        const e = new CerberusWsExporter(${JSON.stringify(options)});
        let next = ${life} * 100_000;
        setInterval(() => {
          e.export(Array.from({ length: 40 }, () => span(next++)), () => {});
        }, 5);
        setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2_500);`,
        { CERBERUS_WARNINGS: 'false' },
      );
      if (life % 2 === 1) {
        await new Promise((resolve) => void setTimeout(resolve, 2_000));
        await spooling.serve(backend.script(), port);
      }
      expect((await life_).signal).to.equal('SIGKILL');
      if (life % 2 === 1) await spooling.server.stop();
    }
    await spooling.serve(backend.script(), port);
    const last = spooling.exporterTo(port, { protocol: 'batch' });
    await until('all files to be sent and deleted', () => spooling.files().length === 0, 20_000);
    expect(last.stats().acked).to.equal(last.stats().accepted);
    const paths = backend.stored.map(({ endpoint }) => Number(String(endpoint).slice(1)));
    expect(new Set(paths).size).to.equal(paths.length);
    for (let life = 0; life < 3; life += 1) {
      const own = paths.filter((path) => Math.floor(path / 100_000) === life).toSorted((a, b) => a - b);
      expect(own.length, `of life ${life}`).to.be.above(0);
      const gaps = own.filter((path, index) => index > 0 && path !== (own[index - 1] ?? 0) + 1);
      // Lost is what was in memory alone: the queue, and what waited to be written, at most once each.
      expect(gaps.length, `gaps of life ${life}`).to.be.at.most(1);
    }
  });

  it('belongs to one process at a time', async () => {
    const port = await spooling.freePort();
    const first = spooling.exporterTo(port, { protocol: 'batch' });
    first.export(numberedSpans(500), ignore);
    await until('a file', () => spooling.files().length > 0);
    const { script, stored } = backendOf('batch');
    const second = spooling.exporterTo(port, { protocol: 'batch' });
    second.export(numberedSpans(1, 900), ignore);
    await spooling.serve(script, port);
    await second.forceFlush();
    await first.forceFlush();
    expect([first.stats().acked, second.stats().acked]).to.deep.equal([500, 1]);
    expect(stored()).to.have.length(501);
  });
});
