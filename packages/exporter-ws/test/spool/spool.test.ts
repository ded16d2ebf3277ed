import { expect } from 'chai';
import { readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkSpoolDir } from '../../dist/esm/spool/folders.js';
import { batchOf } from '../support/batches.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { FakeClock } from '../support/fake-clock.js';
import { drain, eventText, inFolder, segmentsIn, spoolIn, textsOf, treeOf } from './spools.js';

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => eventText(from + index));

/** Waits for a segment with something in it. */
async function written(dir: string): Promise<void> {
  for (let bytes = 0; bytes < 300;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const sizes = await Promise.all((await segmentsIn(dir)).map(async (path) => (await stat(path)).size));
    bytes = Math.max(0, ...sizes);
  }
}

/** Files below `dir` that this process has open. Linux. */
async function openFilesIn(dir: string): Promise<string[]> {
  const numbers = await readdir('/proc/self/fd');
  const paths = await Promise.all(
    numbers.map(async (number) => readlink(`/proc/self/fd/${number}`).catch(() => '')),
  );
  return paths.filter((path) => path.startsWith(dir));
}

describe('spool', () => {
  it('gives events back in the order they came, from disk and from memory, in frames that every server takes', () =>
    inFolder(async (dir) => {
      const { spool, add, troubles } = spoolIn(dir);
      const texts = numbered(0, 20_000);
      const got: string[] = [];
      let seq = 0;
      for (const [index, text] of texts.entries()) {
        while (!add(text)) await new Promise(setImmediate);
        if (index % 700 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        if (index % 5_000 !== 4_999) continue;
        expect(spool.own.events + got.length).to.equal(index + 1);
        for (const frame of await drain(spool.own)) {
          expect(frame.seq).to.equal(++seq);
          expect(frame.events.bytes + frame.events.length + 100).to.be.below(65_536);
          got.push(...frame.events.texts());
        }
      }
      got.push(...textsOf(await drain(spool.own)));
      expect(got).to.deep.equal(texts);
      expect(spool.own.events).to.equal(0);
      expect(troubles).to.deep.equal([]);
      expect(await spool.close()).to.deep.equal({ lostEvents: 0 });
      expect((await treeOf(dir)).filter((path) => path.endsWith('.seg'))).to.deep.equal([]);
    }));

  it('says with what a process left behind what that process was, unless that is too long for a file', () =>
    inFolder(async (dir) => {
      const said = { service_version: '1.4.1', deployment_environment: 'production' };
      for (const service of [said, { service_version: 'x'.repeat(2000) }]) {
        const { spool, add } = spoolIn(dir, { service });
        expect(spool.own.service).to.equal(undefined);
        add(eventText(1));
        await spool.close();
      }
      const heir = spoolIn(dir, { service: { service_version: '1.4.2' } });
      const left = (await heir.spool.adopt()).map(({ service }) => service);
      expect(left).to.have.deep.members([said, {}]);
      await heir.spool.close();
    }));

  it('touches no disk before the first event, and leaves none of its files when all are settled', () =>
    inFolder(async (dir) => {
      const { spool, add } = spoolIn(dir);
      expect(await treeOf(dir)).to.deep.equal([]);
      for (const text of numbered(0, 2_000)) add(text);
      await written(dir);
      await drain(spool.own);
      await until('nothing left', () => spool.own.bytes === 0);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await treeOf(dir)).to.have.length(1);
      for (const text of numbered(0, 2_000)) add(text);
      await written(dir);
      await spool.close();
      expect(await segmentsIn(dir)).to.have.length(1);
    }));

  it('deletes a segment when all of it is settled, and no earlier', () =>
    inFolder(async (dir) => {
      const { spool, add } = spoolIn(dir, { maxBytes: 2_000_000 });
      for (const text of numbered(0, 9_000)) add(text);
      await until('all on disk', () => spool.own.bytes < 700_000);
      const frames = await drain(spool.own, false);
      const before = (await segmentsIn(dir)).length;
      expect(before).to.be.at.least(2);
      spool.own.settledThrough(1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await segmentsIn(dir)).to.have.length(before);
      spool.own.settledThrough((frames.at(-1)?.seq ?? 0) - 1);
      await until('fewer files', () => spool.own.bytes < 400_000);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await segmentsIn(dir)).to.have.length(1);
      await spool.close();
      const heir = spoolIn(dir).spool;
      const [left] = await heir.adopt();
      expect((await drain(left ?? heir.own)).at(-1)?.seq).to.equal(frames.at(-1)?.seq);
      await heir.close();
    }));

  it('refuses what would need more than maxBytes, and takes events again when there is room', () =>
    inFolder(async (dir) => {
      const { spool, add } = spoolIn(dir, { maxBytes: 500_000 });
      let accepted = 0;
      for (let round = 0; round < 60; round += 1) {
        for (const text of numbered(0, 500)) if (add(text)) accepted += 1;
        await new Promise((resolve) => setTimeout(resolve, 4));
        expect(spool.own.bytes).to.be.at.most(500_000);
      }
      expect(add(eventText(0))).to.equal(false);
      expect(accepted).to.be.greaterThan(2_000);
      expect(spool.own.events).to.equal(accepted);
      expect(textsOf(await drain(spool.own))).to.have.length(accepted);
      await until('room', () => add(eventText(0)));
      await spool.close();
    }));

  it('makes folders 0700 and files 0600, whatever the umask', () =>
    inFolder(async (dir) => {
      for (const umask of [0o000, 0o277]) {
        const before = process.umask(umask);
        try {
          const { spool, add } = spoolIn(dir);
          add('{}');
          await spool.close();
        } finally {
          process.umask(before);
        }
      }
      for (const path of await treeOf(dir)) {
        const mode = (await stat(join(dir, path))).mode & 0o777;
        expect(mode.toString(8), path).to.equal(path.endsWith('/') ? '700' : '600');
      }
    }));

  it('hands what a closed spool left to the next one, under its producer and its numbers', () =>
    inFolder(async (dir) => {
      const first = spoolIn(dir);
      const texts = numbered(0, 3_000);
      for (const text of texts) first.add(text);
      const { producer } = first.spool.own;
      const taken = await first.spool.own.fetch().then(() => first.spool.own.take());
      expect(await first.spool.close()).to.deep.equal({ lostEvents: 0 });
      const second = spoolIn(dir);
      const [source, ...others] = await second.spool.adopt();
      expect(others).to.deep.equal([]);
      expect(source?.producer).to.equal(producer);
      expect(source?.events).to.equal(3_000);
      const frames = await drain(source ?? second.spool.own);
      expect(frames[0]).to.have.property('seq', taken?.seq);
      expect(frames.map(({ seq }) => seq)).to.deep.equal(frames.map((_, index) => index + 1));
      expect(textsOf(frames)).to.deep.equal(texts);
      await second.spool.close();
      expect(await treeOf(dir)).to.have.length(1);
      expect(second.troubles).to.deep.equal([]);
    }));

  it('leaves the folder of another spool of this process alone', () =>
    inFolder(async (dir) => {
      const [first, second] = [spoolIn(dir), spoolIn(dir)];
      first.add(eventText(0));
      await first.spool.own.fetch();
      await written(dir);
      expect(await second.spool.adopt()).to.deep.equal([]);
      await first.spool.close();
      expect(await second.spool.adopt()).to.have.length(1);
      await second.spool.close();
    }));

  it('saves at once what is in memory, which the next one sends before what was spooled', () =>
    inFolder(async (dir) => {
      const first = spoolIn(dir);
      const spooled = numbered(0, 1_000);
      for (const text of spooled) first.add(text);
      const frames = [
        { seq: 7, events: batchOf('{"a":1}', '{"a":2}') },
        { seq: 9, events: batchOf('{"a":3}') },
      ];
      const result = first.spool.saveSync([{ producer: 'memory-queue', frames }]);
      expect(result).to.deep.include({ memoryEvents: 3, lostEvents: 0 });
      expect(first.add('{}')).to.equal(false);
      const second = spoolIn(dir);
      const [memory, spool] = await second.spool.adopt();
      expect(memory?.producer).to.equal('memory-queue');
      const back = await drain(memory ?? second.spool.own);
      expect(back.map(({ seq, events }) => [seq, events.texts()])).to.deep.equal([
        [7, ['{"a":1}', '{"a":2}']],
        [9, ['{"a":3}']],
      ]);
      expect(textsOf(await drain(spool ?? second.spool.own))).to.deep.equal(spooled);
      await second.spool.close();
    }));

  it('counts once what was written again at the end', () =>
    inFolder(async (dir) => {
      const first = spoolIn(dir);
      const texts = numbered(0, 9_000);
      for (const text of texts) first.add(text);
      await written(dir);
      first.spool.saveSync([]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const second = spoolIn(dir);
      const [source] = await second.spool.adopt();
      expect(source?.events).to.equal(9_000);
      expect(textsOf(await drain(source ?? second.spool.own))).to.deep.equal(texts);
      expect(second.troubles).to.deep.equal([]);
      await second.spool.close();
    }));

  it('closes its file after a last write too: the process may live on', function () {
    if (process.platform !== 'linux') this.skip();
    return inFolder(async (dir) => {
      const { spool, add } = spoolIn(dir);
      for (const text of numbered(0, 2_000)) add(text);
      await written(dir);
      expect(await openFilesIn(dir)).to.have.length(1);
      spool.saveSync([]);
      for (let left = 1; left > 0; left = (await openFilesIn(dir)).length) await new Promise(setImmediate);
    });
  });

  it('saves no more than maxBytes at the end, the oldest first', () =>
    inFolder(async (dir) => {
      const { spool } = spoolIn(dir, { maxBytes: 60_000 });
      const frames = Array.from({ length: 9 }, (_, index) => ({
        seq: index + 1,
        events: batchOf(...numbered(0, 500)),
      }));
      const { memoryEvents } = spool.saveSync([{ producer: 'p', frames }]);
      expect(memoryEvents).to.equal(500);
    }));

  it('counts the header of the file among what it saves at the end', () =>
    inFolder(async (dir) => {
      const frames = [{ seq: 1, events: batchOf(...numbered(0, 500)) }];
      const save = (folder: string, maxBytes: number): number => {
        return spoolIn(folder, { maxBytes }).spool.saveSync([{ producer: 'p', frames }]).memoryEvents;
      };
      expect(save(join(dir, 'wide'), 1_000_000)).to.equal(500);
      const [path = ''] = await segmentsIn(dir);
      const { size } = await stat(path);
      expect(save(join(dir, 'exact'), size)).to.equal(500);
      expect(save(join(dir, 'narrow'), size - 1)).to.equal(0);
    }));

  it('leaves a segment of another version where it is, and says so once', () =>
    inFolder(async (dir) => {
      const first = spoolIn(dir);
      first.add('{}');
      await first.spool.close();
      const [path = ''] = await segmentsIn(dir);
      const bytes = await readFile(path);
      bytes.writeUInt32LE(2, 8);
      await writeFile(path, bytes);
      const second = spoolIn(dir);
      expect(await second.spool.adopt()).to.deep.equal([]);
      expect(await second.spool.adopt()).to.deep.equal([]);
      expect(second.troubles).to.deep.equal([{ kind: 'other_version', version: 2 }]);
      await second.spool.close();
      expect((await readFile(path)).equals(bytes)).to.equal(true);
      expect(await treeOf(dirname(path))).to.include('owner-nobody');
    }));

  it('writes an event that comes alone after a second', () =>
    inFolder(async (dir) => {
      const clock = new FakeClock();
      const { spool, add } = spoolIn(dir, { clock });
      add(eventText(0));
      clock.pass(999);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await segmentsIn(dir)).to.deep.equal([]);
      clock.pass(1);
      await written(dir);
      await spool.close();
    }));

  it('says exactly what is lost when somebody deletes its files', () =>
    inFolder(async (dir) => {
      const { spool, add, troubles } = spoolIn(dir);
      for (const text of numbered(0, 5_000)) add(text);
      await until('all on disk', () => spool.own.bytes < 450_000);
      for (const path of await segmentsIn(dir)) await rm(dirname(path), { recursive: true });
      const got = textsOf(await drain(spool.own)).length;
      const lost = troubles.reduce(
        (sum, trouble) => sum + (trouble.kind === 'lost' ? (trouble.events ?? 0) : 0),
        0,
      );
      expect(lost).to.be.greaterThan(0);
      expect(got + lost).to.equal(5_000);
      add('{}');
      expect(textsOf(await drain(spool.own))).to.deep.equal(['{}']);
      await spool.close();
    }));

  it('finds out before the start that a folder cannot be used', () =>
    inFolder(async (dir) => {
      checkSpoolDir(join(dir, 'a/b'));
      expect(await treeOf(dir)).to.deep.equal(['a/', 'a/b/']);
      await writeFile(join(dir, 'file'), '');
      expect(() => checkSpoolDir(join(dir, 'file/x')))
        .to.throw(/cannot be created or written to \(ENOTDIR\)/)
        .with.property('code', 'ENOTDIR');
    }));
});
