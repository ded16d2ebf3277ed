// `cerberus-server tail`: requests in the terminal as they are stored.
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { Command } from '../support/command.js';
import { frozenLine } from '../support/frozen-line.js';
import { until } from '@cerberus-otel/test-support/deadline';

const TOKEN = 'tail-token';

describe('cerberus-server tail', () => {
  const commands: Command[] = [];
  let server: CerberusServer;

  beforeEach(async () => {
    server = await startServer({ port: 0, db: ':memory:', token: TOKEN });
  });

  afterEach(async () => {
    for (const command of commands.splice(0)) {
      command.kill();
      await command.exited;
    }
    await server.close();
  });

  function tail(args: readonly string[], env: Record<string, string> = { CERBERUS_TOKEN: TOKEN }): Command {
    const command = new Command(['tail', '--url', server.url, ...args], { env });
    commands.push(command);
    return command;
  }

  async function store(...events: Record<string, unknown>[]): Promise<void> {
    const response = await fetch(`${server.url}/v1/ingest/batch`, {
      method: 'POST',
      headers: { 'x-api-key': TOKEN },
      body: JSON.stringify({
        events: events.map((event) => ({ client_id: 'shop', method: 'GET', ...event })),
      }),
    });
    expect(response.status).to.equal(200);
  }

  /** It prints nothing when it is connected, so events are sent until one is printed. */
  async function connected(command: Command): Promise<void> {
    await until('tail is connected', async () => {
      await store({ endpoint: '/hello', route: '/hello' });
      return command.stdout.includes('/hello');
    });
    await store({ endpoint: '/hello', custom_data: { last: true } });
    await command.output('stdout', /last/);
    command.stdout = '';
  }

  it('prints a line for each request', async () => {
    const run = tail([]);
    await connected(run);
    // A whole hour of today or yesterday: older times are not taken as they are.
    const hour = new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 + 125);
    await store({
      endpoint: '/users/7',
      route: '/users/:id',
      status_code: 404,
      latency_ms: 12.5,
      timestamp: hour.toISOString(),
      custom_data: { plan: 'pro', items: 3 },
    });
    const line = await run.output('stdout', /(.*\/users.*)\n/);
    expect(line).to.match(/^\d\d:00:00\.125 404 +12\.5 ms GET +\/users\/7 plan="pro" items=3$/);
  });

  it('prints nothing that a terminal would obey', async () => {
    const run = tail([]);
    await connected(run);
    await store({
      endpoint: '/\u001B[2J\u202Ereversed\u0007',
      custom_data: { 'x\u001B]0;title\u0007': '\u009B1m' },
    });
    const line = await run.output('stdout', /(.*reversed.*)\n/);
    expect(line).to.include('/\\u{1b}[2J\\u{202e}reversed\\u{7}');
    expect(line).not.to.match(/[\p{Cc}\p{Cf}]/u);
  });

  it('prints whole events with --json, of one route with --endpoint, of one application with --client-id', async () => {
    const run = tail(['--json', '--endpoint', '/hello', '--client-id', 'shop']);
    await connected(run);
    await store(
      { endpoint: '/other' },
      { endpoint: '/hello', client_id: 'not-shop' },
      { endpoint: '/path', route: '/hello', status_code: 201 },
    );
    await run.output('stdout', /201/);
    const events = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ endpoint }) => endpoint)).to.deep.equal(['/path']);
    expect(events[0]).to.include({ client_id: 'shop', status_code: 201, route: '/hello' });
  });

  it('goes on when the server comes back', async () => {
    const run = tail([]);
    await connected(run);
    const { port } = server;
    await server.close();
    server = await startServer({ port, db: ':memory:', token: TOKEN });
    await run.output('stderr', /connected again/);
    await store({ endpoint: '/after' });
    await run.output('stdout', /\/after/);
  });

  it('says that the server has ended the connection, while it waits for it', async () => {
    const run = tail([]);
    await connected(run);
    await server.close();
    await run.output('stderr', /the server has ended the connection\n/);
  });

  it('goes on where the connection is dead, and looks open', async () => {
    await server.close();
    server = await startServer({ port: 0, db: ':memory:', token: TOKEN, pingIntervalMillis: 400 });
    const line = await frozenLine(server.url);
    try {
      const run = tail(['--url', line.url]);
      await connected(run);
      line.freeze('/api/live');
      await run.output('stderr', /connection lost: nothing came any more\n[^]*connected again/);
      await store({ endpoint: '/after' });
      await run.output('stdout', /\/after/);
    } finally {
      line.close();
    }
  });

  it('ends with 1 and one line without the token, and where nobody listens', async () => {
    const refused = tail([], {});
    expect(await refused.exited).to.equal(1);
    expect(refused.stderr).to.equal(
      'cerberus-server tail: the server wants a token: set CERBERUS_TOKEN, or use --token\n',
    );
    await server.close();
    const alone = tail([]);
    expect(await alone.exited).to.equal(1);
    expect(alone.stderr).to.equal(`cerberus-server tail: no server answers at ${server.url}: ECONNREFUSED\n`);
  });

  it('ends with 0 on SIGINT', async () => {
    const run = tail([]);
    await connected(run);
    run.kill('SIGINT');
    expect(await run.exited).to.equal(0);
  });
});
