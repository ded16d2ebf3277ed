// The README sets options in code. A check-up that does not know them would call a set-up that works a failure.
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startEventBackend, type EventBackend } from '../support/event-backend.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const bin = fileURLToPath(new URL('../../bin/cerberus-otel.mjs', import.meta.url));
const setUpFile = fileURLToPath(new URL('../children/set-up-in-code.js', import.meta.url));
const folder = fileURLToPath(new URL('../..', import.meta.url));

describe('doctor with a set-up file', () => {
  let backend: EventBackend;

  beforeEach(async () => {
    backend = await startEventBackend();
  });

  afterEach(() => backend.close());

  /** As an environment has them. */
  const options = (): Record<string, string> => ({
    CERBERUS_WS_URL: backend.wsUrl,
    CERBERUS_TOKEN: 'canary-token',
    CERBERUS_CLIENT_ID: 'in-environment',
    CERBERUS_SECRET_KEY: 'k'.repeat(32),
  });

  async function run(
    mode: string,
    args = ['--import', setUpFile],
    env: Readonly<Record<string, string>> = {},
  ): Promise<[code: number | null, output: string]> {
    const child = spawn(process.execPath, [bin, 'doctor', ...args], {
      env: {
        PATH: process.env['PATH'] ?? '',
        MODE: mode,
        WS_URL: backend.wsUrl,
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        ...env,
      },
      cwd: folder,
      timeout: 15_000,
    });
    afterTest(() => child.kill('SIGKILL'));
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => void (output += String(chunk)));
    const code = await new Promise<number | null>((resolve) => void child.on('close', resolve));
    expect(output).to.not.include('canary-token');
    return [code, output];
  }

  it('knows the options that code gives, and finds nothing wrong', async () => {
    const [code, output] = await run('healthy');
    expect(output).to.not.match(/^(FAIL|warn)/m);
    expect(code).to.equal(0);
    expect(output.split('\n').map((line) => line.split(':')[0])).to.deep.equal([
      'ok    set-up',
      'ok    OpenTelemetry',
      'ok    requests',
      'ok    routes of express',
      'ok    options',
      'ok    secret key',
      'ok    backend',
      '',
    ]);
    expect(backend.events.at(-1)).to.include({ client_id: 'in-code' });
  });

  it('finds nothing wrong with HttpServerInstrumentation alone, in place of HttpInstrumentation and that of Express', async () => {
    const [code, output] = await run('light');
    expect(output).to.not.match(/^(FAIL|warn)/m);
    expect(output).to.match(/^ok {4}requests: HttpServerInstrumentation/m);
    expect(output).to.match(/^ok {4}routes of express: named by HttpServerInstrumentation/m);
    expect(code).to.equal(0);
  });

  for (const [mode, finding] of [
    ['no http', /^FAIL {2}requests: .*`new HttpInstrumentation\(\)`/m],
    ['no express', /^warn {2}routes of express: there will be none\. Add `new ExpressInstrumentation\(\)`/m],
    ['no token', /^FAIL {2}options: .*token/m],
    ['no cerberus', /^FAIL {2}set-up: .*withCerberus/m],
    ['not started', /^FAIL {2}OpenTelemetry: .*start\(\)/m],
  ] as const) {
    it(`says what is wrong (${mode})`, async () => {
      const [code, output] = await run(mode);
      expect(output).to.match(finding);
      expect(code).to.equal(finding.source.startsWith('^FAIL') ? 1 : 0);
    });
  }

  for (const [what, source] of [
    ['ends the process', 'process.exit(0)'],
    ['waits for ever', 'await new Promise(() => undefined)'],
    ['throws', 'throw new Error("of the application")'],
  ] as const) {
    it(`does not take a set-up file that ${what} for one in which nothing failed`, async () => {
      const [code, output] = await run('', [
        '--import',
        `data:text/javascript,${encodeURIComponent(source)}`,
      ]);
      expect(output).to.match(/^FAIL {2}set-up: the process ended before anything could be checked/m);
      expect(code).to.equal(1);
    });
  }

  it('says how to ask when the environment lacks what code may have', async () => {
    const [code, output] = await run('healthy', []);
    expect(code).to.equal(1);
    expect(output).to.match(/^FAIL {2}options: .*cerberus-otel doctor --import/m);
  });

  for (const [capture, sdk] of [
    ['otel', 'set up'],
    ['auto', 'no SDK is set up here, and none is needed'],
  ] as const) {
    it(`takes \`register\` for a set-up file too (${capture})`, async () => {
      const args = ['--import', '@cerberus-otel/instrumentation/register'];
      const [, output] = await run('healthy', args, { CERBERUS_CAPTURE: capture, ...options() });
      expect(output).to.match(new RegExp(`^ok {4}OpenTelemetry: ${sdk}$`, 'm'));
      expect(output)
        .to.match(/^ok {4}requests/m)
        .and.match(/^ok {4}routes of express/m);
      expect(output).to.match(/^ok {4}options/m);
    });
  }

  it('knows what startCerberus sets up', async () => {
    const [code, output] = await run('no SDK');
    expect(output).to.not.match(/^(FAIL|warn)/m);
    expect(output).to.match(/^ok {4}requests: are counted without an instrumentation/m);
    expect(output).to.match(/^ok {4}routes of express: read from its requests/m);
    expect(code).to.equal(0);
  });

  it('asks for no SDK where startCerberus has an option that cannot work, and says which', async () => {
    const [code, output] = await run('no SDK', undefined, { CERBERUS_RECORD: 'everything' });
    expect(output.match(/^FAIL.*/gm)).to.deep.equal([
      'FAIL  set-up: an option cannot work, so Cerberus is off: the warning CERBERUS_CONFIG_INVALID of the file says which',
      'FAIL  options: `record` must be one of server, request (got "everything")',
    ]);
    expect(code).to.equal(1);
  });
});
