import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const soak = fileURLToPath(new URL('./soak/main.js', import.meta.url));

describe('soak, shortened', function () {
  this.timeout(240_000);

  it('F40 F44 load with a fault every 3 s, outages, and applications with a spool that are killed: nothing lost but what was in the memory of the killed, nothing twice, memory flat, books balanced', async () => {
    const args = ['--minutes', '0.15', '--outage-seconds', '4', '--spooled-events', '30000'];
    const { stdout } = await run(process.execPath, [soak, ...args], { timeout: 220_000 }).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).to.include('Every promise was kept.');
    expect(stdout)
      .to.match(/lost +0\n/)
      .and.to.match(/duplicates +0\n/);
  });
});
