// Real processes: killed while they write, and racing for what one of them left.
import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { drain, inFolder, spoolIn, textsOf } from './spools.js';

const SPOOLS = new URL('./spools.js', import.meta.url).href;

function child(source: string, dir: string): ChildProcess {
  const script = `import { spoolIn, drain, textsOf } from '${SPOOLS}';\nconst dir = ${JSON.stringify(dir)};\n${source}`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

async function outputOf(process: ChildProcess): Promise<string> {
  let text = '';
  process.stdout?.on('data', (bytes: Buffer) => void (text += bytes.toString()));
  await once(process, 'close');
  return text;
}

/** Adds events without end, and says how many were accepted. */
const WRITING = `
const { spool, add } = spoolIn(dir);
let accepted = 0;
const step = () => {
  for (let index = 0; index < 100; index += 1) {
    if (add(JSON.stringify({ number: accepted, text: 'x'.repeat(accepted % 300) }))) accepted += 1;
  }
  process.stdout.write(accepted + '\\n');
  setTimeout(step, 1);
};
step();
`;

const ADOPTING = `
process.stdin.once('data', async () => {
  const { spool } = spoolIn(dir);
  let count = 0;
  for (const source of await spool.adopt()) count += textsOf(await drain(source)).length;
  console.log(count);
  await spool.close();
  process.exit();
});
console.log('ready');
`;

describe('spools of several processes', () => {
  it('leave what they wrote, in its order and unchanged, when the process is killed at whatever moment', async function () {
    this.timeout(60_000);
    for (let round = 0; round < 12; round += 1) {
      await inFolder(async (dir) => {
        const writer = child(WRITING, dir);
        const output = outputOf(writer);
        await once(writer.stdout ?? writer, 'data');
        await new Promise((resolve) => setTimeout(resolve, 60 + round * 53));
        writer.kill('SIGKILL');
        const accepted = Number((await output).trim().split('\n').at(-1));
        const heir = spoolIn(dir);
        const got: string[] = [];
        for (const source of await heir.spool.adopt()) got.push(...textsOf(await drain(source)));
        await heir.spool.close();
        const numbers = got.map((text) => (JSON.parse(text) as { number: number }).number);
        expect(numbers).to.deep.equal(numbers.map((_, index) => index));
        expect(got.length).to.be.at.most(accepted + 100);
        for (const trouble of heir.troubles) expect(trouble).to.include({ kind: 'lost', why: 'torn' });
      });
    }
  });

  it('come to one of several that want them, whole', async function () {
    this.timeout(60_000);
    for (let round = 0; round < 4; round += 1) {
      await inFolder(async (dir) => {
        const { spool, add } = spoolIn(dir);
        for (let index = 0; index < 500; index += 1) add(`{"number":${index}}`);
        await spool.close();
        const heirs = [1, 2, 3].map(() => child(ADOPTING, dir));
        await Promise.all(heirs.map((heir) => once(heir.stdout ?? heir, 'data')));
        const outputs = heirs.map(outputOf);
        for (const heir of heirs) heir.stdin?.write('go');
        const counts = (await Promise.all(outputs)).map(Number);
        expect(counts.toSorted((a, b) => a - b)).to.deep.equal([0, 0, 500]);
      });
    }
  });

  it('are left alone as long as their process lives, and adopted when it is killed', () =>
    inFolder(async (dir) => {
      const writer = child(WRITING, dir);
      const output = outputOf(writer);
      await once(writer.stdout ?? writer, 'data');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const { spool } = spoolIn(dir);
      expect(await spool.adopt()).to.deep.equal([]);
      writer.kill('SIGKILL');
      await output;
      const [left] = await spool.adopt();
      // Accepted more than a second ago, before the first line of its output.
      expect(left?.events).to.be.at.least(100);
      await spool.close();
    }));

  it('are written when a process ends by process.exit', () =>
    inFolder(async (dir) => {
      const source = `
        const { spool, add } = spoolIn(dir);
        for (let index = 0; index < 3000; index += 1) add('{"number":' + index + '}');
        process.on('exit', () => spool.saveSync([]));
        setTimeout(() => process.exit(), 20);`;
      await outputOf(child(source, dir));
      const { spool } = spoolIn(dir);
      const [left] = await spool.adopt();
      expect(textsOf(await drain(left ?? spool.own))).to.have.length(3_000);
      await spool.close();
    }));
});
