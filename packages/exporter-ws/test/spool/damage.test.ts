// Whatever happens to the files: nothing is thrown, no wrong byte comes out, and what is lost is said.
import { expect } from 'chai';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, open, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from '@cerberus-otel/test-support/deadline';
import {
  drain,
  eventText,
  inFolder,
  segmentsIn,
  spoolIn,
  textsOf,
  treeOf,
  type TestSpool,
} from './spools.js';

const COUNT = 4_000;
const texts = Array.from({ length: COUNT }, (_, index) => eventText(index));

/** A folder with one segment of several records. */
async function leave(dir: string): Promise<string> {
  const { spool, add } = spoolIn(dir);
  for (const text of texts) add(text);
  await spool.close();
  const [path = ''] = await segmentsIn(dir);
  return path;
}

async function readAll(dir: string): Promise<TestSpool & { got: string[] }> {
  const heir = spoolIn(dir);
  const got: string[] = [];
  for (const source of await heir.spool.adopt()) {
    got.push(...textsOf(await drain(source)));
    expect(source.events).to.equal(0);
  }
  await heir.spool.close();
  return { ...heir, got };
}

const lostIn = ({ troubles }: TestSpool): number[] =>
  troubles.flatMap((trouble) => (trouble.kind === 'lost' ? [trouble.events ?? NaN] : []));

describe('a spool with things of others in its folder', () => {
  it('reads files alone: a pipe under the name of one holds nothing up', () =>
    inFolder(async (dir) => {
      const folder = dirname(await leave(dir));
      execFileSync('mkfifo', [join(folder, '00000009.seg')]);
      await mkdir(join(folder, '00000010.seg'));
      await symlink(join(dir, 'nowhere'), join(folder, '00000011.seg'));
      const { got, troubles } = await readAll(dir);
      expect([got.length, troubles]).to.deep.equal([COUNT, []]);
    }));
});

function startsOfRecords(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = bytes.indexOf('RCRD'); at >= 0; at = bytes.indexOf('RCRD', at + 1)) starts.push(at);
  return starts;
}

/** `got` is the whole without some pieces in a row. */
function expectSome(got: readonly string[]): void {
  let at = -1;
  for (const text of got) {
    const next = texts.indexOf(text, at + 1);
    expect(next, text).to.be.greaterThan(at);
    at = next;
  }
}

describe('damaged spool', () => {
  let template = '';
  let segment = '';

  before(async () => {
    template = await mkdtemp(join(tmpdir(), 'cerberus-spool-'));
    segment = (await leave(template)).slice(template.length);
  });

  after(() => rm(template, { recursive: true }));

  it('loses the tail that is torn, and nothing else', () =>
    inFolder(async (dir) => {
      const size = (await stat(template + segment)).size;
      for (const cut of [1, 44, 60, 30_000, 100_000, size - 20, size]) {
        await cp(template, dir, { recursive: true, force: true });
        await truncate(dir + segment, size - cut);
        const heir = await readAll(dir);
        expect(heir.got).to.deep.equal(texts.slice(0, heir.got.length));
        const [lost = 0, ...more] = lostIn(heir);
        expect(more).to.deep.equal([]);
        if (cut < size) expect(heir.troubles.map((trouble) => trouble.kind)).to.deep.equal(['lost']);
        if (cut === 1) expect(heir.got.length + lost).to.equal(COUNT);
        expect((await treeOf(dir)).filter((path) => path.endsWith('.seg'))).to.deep.equal([]);
      }
    }));

  it('gives out nothing wrong and throws nothing, whichever bytes are changed', async function () {
    this.timeout(120_000);
    const bytes = await readFile(template + segment);
    const change = fc.record({ at: fc.nat(bytes.length - 1), by: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) =>
        inFolder(async (dir) => {
          await cp(template, dir, { recursive: true });
          const bad = Buffer.from(bytes);
          for (const { at, by } of changes) bad[at] = (bad[at] ?? 0) ^ by;
          await writeFile(dir + segment, bad);
          const heir = await readAll(dir);
          expectSome(heir.got);
          if (bad.equals(bytes)) expect(heir.got).to.have.length(COUNT);
          else expect(heir.troubles).to.not.deep.equal([]);
          const lost = lostIn(heir).reduce((sum, events) => sum + events, 0);
          if (!Number.isNaN(lost))
            expect(heir.got.length + lost === COUNT || heir.got.length === 0).to.equal(true);
        }),
      ),
      { numRuns: 60 },
    );
  });

  it('goes on behind a record whose body is damaged, and keeps the file for somebody to look at', () =>
    inFolder(async (dir) => {
      await cp(template, dir, { recursive: true });
      const file = await open(dir + segment, 'r+');
      await file.write(Buffer.of(0xff, 0, 0xff), 0, 3, 500);
      await file.close();
      const heir = await readAll(dir);
      expect(heir.got.length).to.be.greaterThan(COUNT / 2);
      expect(heir.got.at(-1)).to.equal(texts.at(-1));
      expect(heir.troubles.map((trouble) => trouble.kind)).to.deep.equal(['lost', 'set_aside']);
      expect(heir.got.length + (lostIn(heir)[0] ?? 0)).to.equal(COUNT);
      expect((await treeOf(dir)).filter((path) => path.endsWith('.corrupt'))).to.have.length(1);
    }));

  it('loses one record over a damaged header, and goes on with the next one', () =>
    inFolder(async (dir) => {
      const bytes = await readFile(template + segment);
      const starts = startsOfRecords(bytes);
      expect(starts.length).to.be.at.least(3);
      // The first, one in the middle, two behind each other; and the magic as well as the length.
      for (const [damaged, offset] of [
        [[0], 4],
        [[1], 0],
        [[1], 5],
        [[0, 1], 40],
      ] as const) {
        await cp(template, dir, { recursive: true, force: true });
        const bad = Buffer.from(bytes);
        for (const index of damaged) {
          const at = (starts[index] ?? 0) + offset;
          bad[at] = (bad[at] ?? 0) ^ 0x55;
        }
        await writeFile(dir + segment, bad);
        const heir = await readAll(dir);
        expectSome(heir.got);
        const whole = starts.filter((_, index) => !damaged.some((each) => each === index));
        const events = whole.reduce((sum, at) => sum + bytes.readUInt32LE(at + 12), 0);
        expect(heir.got).to.have.length(events);
        expect(heir.got.at(-1)).to.equal(texts.at(-1));
        expect(heir.troubles.map(({ kind }) => kind)).to.deep.equal(['lost', 'set_aside']);
      }
    }));

  it('says exactly what a damaged header costs the process that wrote it, which goes on', () =>
    inFolder(async (dir) => {
      const { spool, add, troubles } = spoolIn(dir);
      for (const text of texts) add(text);
      // All blocks but the one that is open.
      let starts: number[] = [];
      let path = '';
      const deadline = performance.now() + 10_000;
      while (starts.length < 3 && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        [path = ''] = await segmentsIn(dir);
        starts = path === '' ? [] : startsOfRecords(await readFile(path));
      }
      const [, second = 0] = starts;
      const file = await open(path, 'r+');
      await file.write(Buffer.of(0xff, 0xff), 0, 2, second + 4);
      await file.close();
      const got = textsOf(await drain(spool.own));
      expectSome(got);
      expect(got.at(-1)).to.equal(texts.at(-1));
      const lost = lostIn({ spool, add, troubles });
      expect(lost).to.have.length(1);
      expect(lost[0]).to.be.within(1, COUNT / 2);
      expect(got.length + (lost[0] ?? 0)).to.equal(COUNT);
      expect(spool.own.events).to.equal(0);
      await spool.close();
    }));

  it('refuses while the disk is full, keeps what it accepted, and goes on when there is room', async function () {
    this.timeout(40_000);
    const dir = await mkdtemp(join(tmpdir(), 'cerberus-full-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', dir], { stdio: 'ignore' });
    } catch (error) {
      await rm(dir, { recursive: true });
      if (process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true') throw error;
      this.skip();
    }
    try {
      const { spool, add, troubles } = spoolIn(dir);
      const accepted: string[] = [];
      for (let index = 0; troubles.length === 0; index += 1) {
        const text = eventText(index);
        if (add(text)) accepted.push(text);
        if (index % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      }
      expect(troubles).to.deep.equal([{ kind: 'write_failed', code: 'ENOSPC' }]);
      expect(add('{}')).to.equal(false);
      expect(spool.own.events).to.equal(accepted.length);
      expect(textsOf(await drain(spool.own))).to.deep.equal(accepted);
      await until('it works again', () => add('{}'));
      await until('a recovery', () => troubles.length > 1, 20_000);
      expect(troubles.slice(1)).to.deep.equal([{ kind: 'write_recovered' }]);
      await spool.close();
      const heir = spoolIn(dir);
      const [source] = await heir.spool.adopt();
      expect(textsOf(await drain(source ?? heir.spool.own))).to.deep.equal(['{}']);
      await heir.spool.close();
    } finally {
      execFileSync('umount', [dir]);
      await rm(dir, { recursive: true });
    }
  });
});
