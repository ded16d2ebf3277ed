// docs/otlp.md: its variables make an application that has OpenTelemetry and nothing of Cerberus send to the server.
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { codeBlocks } from '../../../packages/server/test-dist/support/document.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { JsonLines } from '../support/lines.js';
import { until } from '@cerberus-otel/test-support/deadline';

const APPS = fileURLToPath(new URL('../../apps/', import.meta.url));
const DOCUMENT = await readFile(new URL('../../../docs/otlp.md', import.meta.url), 'utf8');
const README = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
const TOKEN = 'otlp-token';
const KEY = 'otlp-key';
const CLIENT = '203.0.113.77';

function blockOf(language: string): string {
  return codeBlocks(DOCUMENT).find((block) => block.language === language)?.text ?? '';
}

/** The application with the variables of the document, as a shell sets them. */
async function startApplication(server: CerberusServer, change: (block: string) => string): Promise<string> {
  const variables = change(blockOf('sh').replace('http://127.0.0.1:8765', server.url));
  const child = spawn('bash', ['-c', `${variables}\nexec node --import ./otlp-sdk.mjs plain-app.cjs`], {
    cwd: APPS,
    env: { PATH: process.env['PATH'], TOKEN, OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_METRICS_EXPORTER: 'none' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  afterTest(() => child.kill('SIGKILL'));
  const { port } = await new JsonLines(child).line(0);
  return `http://127.0.0.1:${String(port)}`;
}

async function eventsOf(server: CerberusServer): Promise<readonly Record<string, unknown>[]> {
  const headers = { authorization: `Bearer ${TOKEN}` };
  const answer = await fetch(`${server.url}/api/events?order=oldest`, { headers });
  return ((await answer.json()) as { events: Record<string, unknown>[] }).events;
}

const pseudonymOf = (address: string): string => createHmac('sha256', KEY).update(address).digest('hex');

describe('an application with nothing but OpenTelemetry', function () {
  this.timeout(60_000);

  for (const protocol of ['http/protobuf', 'http/json']) {
    it(`is counted by the variables of the document, over ${protocol}`, async () => {
      const server = await startServer({
        port: 0,
        db: ':memory:',
        token: TOKEN,
        secretKey: KEY,
        otlpTrustProxy: ['loopback'],
      });
      afterTest(() => server.close());
      const origin = await startApplication(server, (block) => block.replace('http/protobuf', protocol));
      await (await fetch(`${origin}/first?q=secret`)).text();
      await (await fetch(`${origin}/fail`, { headers: { 'x-forwarded-for': CLIENT } })).text();
      await until('both are stored', () => server.stats().stored === 2);
      const events = await eventsOf(server);
      expect(events.map(({ endpoint }) => endpoint)).to.deep.equal(['/first', '/fail']);
      expect(events[0]).to.include({
        client_id: 'shop',
        method: 'GET',
        status_code: 200,
        outcome: 'completed',
        source_ip: pseudonymOf('127.0.0.1'),
      });
      expect(events[1]).to.include({ status_code: 500, outcome: 'error', source_ip: pseudonymOf(CLIENT) });
      expect(JSON.stringify(events)).to.not.match(/secret|127\.0\.0\.1|203\.0\.113/);
    });
  }

  it('is counted by the three variables of the README', async () => {
    const server = await startServer({ port: 0, db: ':memory:', token: TOKEN, secretKey: KEY });
    afterTest(() => server.close());
    const [variables = '', ...others] = codeBlocks(README)
      .map(({ text }) => text)
      .filter((text) => text.includes('/v1/traces'));
    expect([variables.trim().split('\n').length, others.length]).to.deep.equal([3, 0]);
    const here = variables.replace('http://127.0.0.1:8765', server.url).replace('$CERBERUS_TOKEN', '$TOKEN');
    const origin = await startApplication(server, () => here);
    await (await fetch(`${origin}/first`)).text();
    await until('it is stored', () => server.stats().stored === 1);
    expect((await eventsOf(server)).map(({ endpoint }) => endpoint)).to.deep.equal(['/first']);
  });

  it('finds a Collector sent to the same path, with the token as this server takes it', () => {
    const collector = blockOf('yaml');
    expect(collector).to.match(/traces_endpoint: https:\/\/\S+\/v1\/traces$/m);
    expect(collector).to.match(/Authorization: Bearer \$\{env:CERBERUS_TOKEN\}$/m);
  });
});
