import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const soak = fileURLToPath(new URL('./main.js', import.meta.url));
/** Where a disk cannot be mounted, the report says that it was skipped. */
const KINDS = ['kill', 'slow link', 'clock a year ahead', 'question flood', 'full disk'];

describe('soak, shortened', function () {
  // Minutes only where many others work on the same cores.
  this.timeout(620_000);

  it('F40 F44 load while one fault after the other strikes, outages, and applications with a spool that are killed: nothing lost but what was in the memory of the killed, nothing twice, memory flat, books balanced', async () => {
    const args = [
      '--minutes',
      '0.15',
      '--spans-per-second',
      '300',
      '--outage-seconds',
      '4',
      '--spooled-events',
      '30000',
    ];
    const { stdout } = await run(process.execPath, [soak, ...args], { timeout: 600_000 }).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout, stdout).to.include('Every promise was kept.');
    expect(stdout)
      .to.match(/lost +0\n/)
      .and.to.match(/duplicates +0\n/);
    for (const kind of KINDS) expect(stdout).to.match(new RegExp(`^ {4}(?:skipped +)?${kind} +[1-9(]`, 'm'));
  });
});
