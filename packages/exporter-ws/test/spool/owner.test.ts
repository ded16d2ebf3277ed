import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isGone, lockName, RELEASED_LOCK, thisProcess } from '../../dist/esm/spool/owner.js';

const HOLDER = '00000000-0000-4000-8000-000000000000';
const isLinux = process.platform === 'linux';

describe('owner of a spool', () => {
  it('is there as long as its process is', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const started = isLinux ? startOf(child.pid) : 0;
    const lock = lockName({ ...thisProcess(), pid: child.pid ?? 0, started }, HOLDER);
    expect(isGone(lock, Infinity)).to.equal(false);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(isGone(lock, 0)).to.equal(true);
  });

  it('is gone when its process id belongs to a process that started at another time', function () {
    if (!isLinux) this.skip();
    const self = thisProcess();
    expect(isGone(lockName(self, HOLDER), Infinity)).to.equal(false);
    expect(isGone(lockName({ ...self, started: self.started - 1 }, HOLDER), 0)).to.equal(true);
  });

  it('on another host is gone after a minute of silence, whatever its process id', () => {
    const lock = lockName({ ...thisProcess(), host: '0123456789abcdef' }, HOLDER);
    expect(isGone(lock, 59_000)).to.equal(false);
    expect(isGone(lock, 61_000)).to.equal(true);
  });

  it('is gone when it said so', () => {
    expect(isGone(RELEASED_LOCK, 0)).to.equal(true);
  });
});

function startOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}
