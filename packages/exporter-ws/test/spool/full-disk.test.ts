// What a disk that takes no more, or a file that is deleted, leaves behind: nothing that the next process stumbles over.
import { diag } from '@opentelemetry/api';
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpoolTrouble } from '../../dist/esm/spool/spool-source.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';
import { drain, eventText, inFolder, segmentsIn, spoolIn, textsOf } from './spools.js';

const texts = Array.from({ length: 8_000 }, (_, index) => eventText(index));

/** A folder on a disk of its own; undefined where this process may not have one. */
async function smallDisk(
  kibibytes: number,
): Promise<{ dir: string; remove: () => Promise<void> } | undefined> {
  const dir = await mkdtemp(join(tmpdir(), 'cerberus-full-'));
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', dir];
    execFileSync('mount', options, { stdio: 'ignore' });
  } catch (error) {
    await rm(dir, { recursive: true });
    if (process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true') throw error;
    return undefined;
  }
  const remove = async (): Promise<void> => {
    execFileSync('umount', [dir]);
    await rm(dir, { recursive: true });
  };
  return { dir, remove };
}

/** Events that were told to be lost. */
function lostIn(troubles: readonly SpoolTrouble[]): number {
  return troubles.reduce((sum, trouble) => sum + (trouble.kind === 'lost' ? (trouble.events ?? 0) : 0), 0);
}

describe('spool on a disk that takes no more', () => {
  it('leaves no part of a record at the end, which the next process would count as lost once more', async function () {
    const disk = await smallDisk(200);
    if (disk === undefined) return this.skip();
    try {
      const { spool, add } = spoolIn(disk.dir);
      for (const text of texts) expect(add(text)).to.equal(true);
      const { lostEvents } = spool.saveSync([]);
      expect(lostEvents).to.be.within(1, texts.length - 1);
      const heir = spoolIn(disk.dir);
      const got: string[] = [];
      for (const source of await heir.spool.adopt()) got.push(...textsOf(await drain(source)));
      expect(got).to.deep.equal(texts.slice(0, texts.length - lostEvents));
      expect(heir.troubles).to.deep.equal([]);
      await heir.spool.close();
    } finally {
      await disk.remove();
    }
  });

  it('keeps an exporter at work that is made while the disk is full, and leaves nothing of the attempt', async function () {
    const disk = await smallDisk(64);
    if (disk === undefined) return this.skip();
    const backend = new BatchBackend();
    const server = await ScriptedServer.start(backend.script());
    try {
      const filler = join(disk.dir, 'filler');
      await writeFile(filler, Buffer.alloc(64 * 1024)).catch(() => undefined);
      const said: string[] = [];
      const error = (...words: unknown[]): void => void said.push(words.join(' '));
      const other = (): void => undefined;
      diag.setLogger({ error, warn: other, info: other, debug: other, verbose: other });
      const exporter = quickExporter(server.url, { spoolDir: disk.dir, maxQueueEvents: 10 });
      diag.disable();
      expect(said.join('\n')).to.match(/cannot write to its spool \(ENOSPC\)/);
      expect(await readdir(disk.dir)).to.deep.equal(['filler']);
      exporter.export(numberedSpans(10), () => undefined);
      await exporter.forceFlush();
      expect(backend.stored).to.have.length(10);
      await rm(filler);
      await server.stop();
      exporter.export(numberedSpans(30, 10), () => undefined);
      await exporter.shutdown();
      expect(exporter.stats().spooled.events).to.equal(30);
    } finally {
      await server.stop();
      await disk.remove();
    }
  });

  it('keeps no file that could not be begun', async function () {
    this.timeout(20_000);
    const disk = await smallDisk(64);
    if (disk === undefined) return this.skip();
    try {
      const filler = join(disk.dir, 'filler');
      const fill = async (): Promise<void> => {
        for (;;) await appendFile(filler, Buffer.alloc(1024));
      };
      await fill().catch(() => undefined);
      const { spool, add, troubles } = spoolIn(disk.dir);
      expect(add('{}')).to.equal(true);
      await until('the failure', () => troubles.length > 0, 10_000);
      expect(troubles).to.deep.equal([{ kind: 'write_failed', code: 'ENOSPC' }]);
      expect(await segmentsIn(disk.dir)).to.deep.equal([]);
      await spool.close();
    } finally {
      await disk.remove();
    }
  });

  it('writes nothing more into a file that somebody has deleted', () =>
    inFolder(async (dir) => {
      const { spool, add, troubles } = spoolIn(dir);
      for (const text of texts.slice(0, 2_000)) add(text);
      await until('the first block', () => spool.own.bytes < 600_000);
      const [path = ''] = await segmentsIn(dir);
      await rm(path);
      const kept = textsOf(await drain(spool.own)).length;
      // A block that was on its way into the file is told of when it is there.
      expect(new Set(troubles.map(({ kind }) => kind))).to.deep.equal(new Set(['lost']));
      expect(kept + lostIn(troubles)).to.equal(2_000);
      add('{"number":1}');
      await spool.close();
      const heir = spoolIn(dir);
      const got: string[] = [];
      for (const source of await heir.spool.adopt()) got.push(...textsOf(await drain(source)));
      expect(got.at(-1)).to.equal('{"number":1}');
      await heir.spool.close();
    }));

  it('writes what is left at the end into a new folder when somebody has deleted the other', () =>
    inFolder(async (dir) => {
      const { spool, add } = spoolIn(join(dir, 'spool'));
      add('{"number":1}');
      await until('the file', () => existsSync(join(dir, 'spool')));
      // It is being written into.
      await rm(join(dir, 'spool'), { recursive: true, maxRetries: 10 });
      add('{"number":2}');
      expect(spool.saveSync([]).lostEvents).to.equal(0);
      const heir = spoolIn(join(dir, 'spool'));
      const got: string[] = [];
      for (const source of await heir.spool.adopt()) got.push(...textsOf(await drain(source)));
      expect(got.at(-1)).to.equal('{"number":2}');
      await heir.spool.close();
    }));
});
