import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { filesIn, leaveInSpool } from '../support/left-spool.js';

const bin = fileURLToPath(new URL('../../bin/cerberus-otel.mjs', import.meta.url));
const app = fileURLToPath(new URL('../children/audited-app.js', import.meta.url));
const command = ['audit', '--', process.execPath, app];

class Audit {
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [bin, ...args], {
      env: {
        PATH: process.env['PATH'] ?? '',
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 15_000,
      killSignal: 'SIGKILL',
    });
    afterTest(() => this.#child.kill('SIGKILL'));
    this.#child.stdout?.on('data', (chunk: Buffer) => void (this.stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => void (this.stderr += chunk.toString()));
    this.#ended = new Promise((resolve) => {
      this.#child.on('close', (code) => resolve(code));
    });
  }

  readNoMore(): void {
    this.#child.stdout?.destroy();
  }

  end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined) this.#child.kill(signal);
    return this.#ended;
  }
}

describe('cerberus-otel audit', () => {
  it('prints every request and message, with the token as <token>, and finds nothing personal', async () => {
    const audit = new Audit(command);
    expect(await audit.end(), audit.stderr).to.equal(0);
    const { stdout } = audit;
    expect(stdout).to.include('GET /api/secret-key').and.include('GET /ws/events');
    expect(stdout).to.include('"type": "hello"').and.include('"type": "events"');
    expect(stdout)
      .to.match(/"source_ip": "[0-9a-f]{64}"/)
      .and.match(/"endpoint": "\/served"/);
    expect(stdout).to.include('custom_data.said');
    expect(stdout).to.include('1 event, with these fields').and.include('Nothing in them looks like');
    expect(stdout.match(/authorization: Bearer <token>/gi)).to.have.length(2);
    expect(stdout).to.not.match(/203\.0\.113|canary/);
    expect(audit.stderr).to.equal('');
  });

  it('takes nothing for itself that another process has left in a spool', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cerberus-audit-'));
    afterTest(() => rm(folder, { recursive: true }));
    const variables = { CERBERUS_SPOOL_DIR: folder, CERBERUS_CLIENT_ID: 'mine' };
    const left = await leaveInSpool(folder, 'mine');
    const audit = new Audit(command, variables);
    expect(await audit.end()).to.equal(0);
    expect(audit.stdout).to.include('1 event, with these fields');
    expect(await filesIn(folder)).to.deep.equal(left);
  });

  it('shows event mode as it is: the token inside each event', async () => {
    const audit = new Audit(command, { CERBERUS_PROTOCOL: 'event' });
    expect(await audit.end()).to.equal(0);
    expect(audit.stdout).to.include('"api_key": "<token>"').and.include('"token": "<token>"');
  });

  it('shows compressed frames as what they hold', async () => {
    const audit = new Audit(command, { CERBERUS_COMPRESSION: 'gzip' });
    expect(await audit.end()).to.equal(0);
    expect(audit.stdout).to.include('"endpoint": "/served"');
  });

  it('shows the raw address where one was asked for, and warns', async () => {
    const raw = {
      CERBERUS_SOURCE_IP: 'raw',
      CERBERUS_ALLOW_RAW_SOURCE_IP: 'true',
      CERBERUS_TRUST_PROXY: '1',
    };
    const audit = new Audit(command, raw);
    expect(await audit.end()).to.equal(1);
    expect(audit.stdout).to.include('"source_ip": "203.0.113.77"');
    expect(audit.stdout).to.match(/source_ip +string, in 1 {2}LOOKS LIKE an IP address/);
  });

  it('names the option that keeps an e-mail address in the path from being sent, and the option does', async () => {
    const target = '/users/jane%40example.com';
    const audit = new Audit(command, { TARGET: target });
    expect(await audit.end()).to.equal(1);
    expect(audit.stdout).to.match(/endpoint +string, in 1 {2}LOOKS LIKE an e-mail address/);
    const [, name = '', value = ''] = /endpoint: (CERBERUS_\w+)=(\w+)/.exec(audit.stdout) ?? [];
    const again = new Audit(command, { TARGET: target, [name]: value });
    expect(await again.end()).to.equal(0);
    expect(again.stdout).to.include('Nothing in them looks like');
  });

  for (const [says, what] of [
    ['alice@example.com', 'an e-mail address'],
    ['/search?q=me', 'a query string'],
    ['from [2001:db8::1]:443', 'an IP address'],
  ] as const) {
    it(`warns about a metric with ${what}, and exits with 1`, async () => {
      const audit = new Audit(command, { SAYS: says });
      expect(await audit.end()).to.equal(1);
      expect(audit.stdout).to.match(new RegExp(`custom_data\\.said +string, in 1 {2}LOOKS LIKE ${what}`));
    });
  }

  it('prints one JSON line per event with --json, and everything else on stderr', async () => {
    const audit = new Audit(['audit', '--json', ...command.slice(1)]);
    expect(await audit.end()).to.equal(0);
    const lines = audit.stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).to.have.length(1);
    expect(JSON.parse(lines[0] ?? '')).to.include({ endpoint: '/served', method: 'GET' });
    expect(audit.stderr).to.include('the application speaks').and.include('1 event, with these fields');
  });

  it('says why nothing may have arrived, and exits with 1', async () => {
    const audit = new Audit(command, { CERBERUS_DISABLED: 'true' });
    expect(await audit.end()).to.equal(1);
    expect(audit.stdout).to.include('No event arrived').and.include('CERBERUS_DISABLED');
  });

  it('ends with the code of a command that fails', async () => {
    expect(await new Audit(command, { EXIT: '7' }).end()).to.equal(7);
    const missing = new Audit(['audit', '--', 'no-such-command-anywhere']);
    expect(await missing.end()).to.equal(127);
    expect(missing.stderr).to.include('could not be started');
    expect(missing.stdout).to.equal('');
  });

  it('ends with the code that a shell gives a command that crashes', async () => {
    const audit = new Audit(command, { CRASHES: 'SIGKILL' });
    expect(await audit.end()).to.equal(128 + constants.signals.SIGKILL);
    expect(audit.stdout).to.include('1 event, with these fields');
  });

  it('hands Ctrl-C on to a command that never ends, and sums up', async () => {
    const audit = new Audit(command, { SERVES: 'forever' });
    await until('the event is there', () => audit.stdout.includes('"endpoint"'));
    expect(await audit.end('SIGINT'), audit.stderr).to.equal(0);
    expect(audit.stdout).to.include('1 event, with these fields');
  });

  it('waits for Ctrl-C without a command, and says what to set', async () => {
    const audit = new Audit(['audit']);
    await until('it is ready', () => audit.stdout.includes('Ctrl-C'));
    expect(audit.stdout).to.match(/CERBERUS_WS_URL=ws:\/\/127\.0\.0\.1:\d+\/ws\/events\n/);
    expect(await audit.end('SIGINT')).to.equal(1);
  });

  it('ends a command that never ends when nobody reads what it would show, and says nothing of that', async () => {
    const audit = new Audit(['audit', '--json', ...command.slice(1)], { SERVES: 'forever' });
    audit.readNoMore();
    expect(await audit.end(), audit.stderr).to.equal(0);
    expect(audit.stderr).to.include('1 event, with these fields').and.not.include('EPIPE');
  });

  for (const [wrong, why] of [
    [['audit', '--jason'], "Unknown option '--jason'"],
    [['audit', 'node'], 'write -- before the command: audit -- node …'],
    [['doctor', '--import'], "Option '--import <value>' argument missing"],
    [['adit'], 'there is no command "adit"'],
  ] as const) {
    it(`says in a line what is wrong with the arguments ${JSON.stringify(wrong)}`, async () => {
      const audit = new Audit(wrong);
      expect(await audit.end()).to.equal(2);
      expect(audit.stdout).to.equal('');
      expect(audit.stderr).to.equal(`cerberus-otel: ${why}\n(see cerberus-otel --help)\n`);
    });
  }

  it('explains itself, and says which version it is', async () => {
    for (const [args, code] of [
      [[], 2],
      [['help'], 0],
      [['doctor', '-h'], 0],
    ] as const) {
      const audit = new Audit(args);
      expect(await audit.end()).to.equal(code);
      expect(audit.stdout).to.include('Usage: cerberus-otel audit');
    }
    const version = new Audit(['--version']);
    expect(await version.end()).to.equal(0);
    expect(version.stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });
});
