// The README's quick start, word by word: its commands and its snippet are read from the document, so that what is
// tested is what is written.
import { expect } from 'chai';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
/** SDK 3, which the document begins with, needs Node.js 22.15. */
const SDK = Number(process.versions.node.split('.')[0]) > 20 ? 'sdk-node@0.301' : 'sdk-node@0.223';
const readme = await readFile(join(root, 'README.md'), 'utf8');

/** Fenced blocks of a language, in the order of the document, without the indent of a list. */
function blocks(language: string): string[] {
  const fenced = new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, 'gm');
  return [...readme.matchAll(fenced)].map(([, body = '']) => {
    const indent = /^ */.exec(body)?.[0] ?? '';
    return body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
  });
}

/** The one block of a language that contains `part`. */
function block(language: string, part: string): string {
  const found = blocks(language).filter((body) => body.includes(part));
  if (found.length !== 1) throw new Error(`${found.length} ${language} blocks contain ${part}`);
  return found[0] ?? '';
}

/** Collects what a process prints until `pattern` matches it. */
async function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let output = '';
  const collect = (chunk: Buffer): void => void (output += chunk.toString());
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const deadline = performance.now() + 90_000;
  for (;;) {
    const match = pattern.exec(output);
    if (match !== null) return match;
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`never printed ${pattern}: ${output}`);
    await sleep(30);
  }
}

describe('quick start of the README', function () {
  this.timeout(300_000);
  const children: ChildProcess[] = [];
  let folder: string;
  /** An application in which OpenTelemetry's SDK is not installed. */
  let plain: string;
  /** Where the server is installed below. */
  let home: string;
  /** npm's, which is below the home directory, too. */
  let cache: string;

  /** Runs a shell command of the document, in the user's application folder, in a group of its own. */
  function start(command: string, env: Record<string, string> = {}): ChildProcess {
    const child = spawn('bash', ['-c', command], {
      cwd: folder,
      env: { ...process.env, ...env },
      detached: true,
    });
    children.push(child);
    return child;
  }

  /** As the document does it: installed and started in a folder of its own, below the home directory. */
  function startServer(): ChildProcess {
    const commands = block('sh', 'npx --no-install cerberus-server').replaceAll('<clone>', root);
    // On a terminal, as a reader does: only there the token is shown.
    return start('exec script -qefc "$COMMANDS" /dev/null', {
      COMMANDS: `set -e\n${commands}`,
      SHELL: '/bin/bash',
      CERBERUS_SERVER_PORT: '0',
      HOME: home,
      npm_config_cache: cache,
    });
  }

  before(async () => {
    cache = (await run('npm', ['config', 'get', 'cache'])).stdout.trim();
    folder = await mkdtemp(join(tmpdir(), 'cerberus-quick-'));
    plain = await mkdtemp(join(tmpdir(), 'cerberus-plain-'));
    home = await mkdtemp(join(tmpdir(), 'cerberus-home-'));
    await writeFile(join(folder, 'package.json'), '{ "name": "my-app", "private": true }');
  });

  after(async () => {
    for (const { pid, exitCode, signalCode } of children) {
      if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
    }
    for (const each of [folder, plain, home]) await rm(each, { recursive: true, force: true });
  });

  it('takes an Express application from nothing to its first stored event', async () => {
    expect(blocks('sh')).to.include('npm run pack\n');
    await run('npm', ['run', 'pack'], { cwd: root });
    const install = block('sh', SDK).replaceAll('<clone>', root);
    const begin = performance.now();
    await run('bash', ['-c', `${install.trim()} --prefer-offline`], { cwd: folder });
    const example = block('sh', 'npm pkg set').replaceAll('<clone>', root);
    await run('bash', ['-ec', example], { cwd: folder });
    expect(await readdir(join(folder, 'node_modules/@cerberus-otel'))).to.deep.equal([
      'exporter-ws',
      'instrumentation',
    ]);
    await writeFile(join(folder, 'instrumentation.mjs'), block('js', 'sdk.start()'));

    const server = startServer();
    const [, port, token = ''] = await printed(
      server,
      /http:\/\/127\.0\.0\.1:(\d+)[\s\S]*?export CERBERUS_TOKEN=(sk-\S+)/,
    );
    expect(token).to.equal((await readFile(join(home, 'cerberus/cerberus.duckdb.token'), 'utf8')).trim());

    const application = start(block('sh', 'node --import ./').replace('<the token>', token), {
      PORT: '0',
      CERBERUS_WS_URL: `ws://127.0.0.1:${port}/ws/events`,
      CERBERUS_BACKEND_URL: `http://127.0.0.1:${port}`,
    });
    const [, appPort] = await printed(application, /listening on http:\/\/localhost:(\d+)/);

    const [request, ...reads] = block('sh', 'curl http://localhost:3000')
      .trim()
      .split('\n')
      .map((line) =>
        line
          .replace('localhost:3000', `localhost:${appPort}`)
          .replace('127.0.0.1:8765', `127.0.0.1:${port}`)
          .replace('curl', 'curl -sS'),
      );
    const answer = await run('bash', ['-c', request ?? '']);
    expect(JSON.parse(answer.stdout)).to.deep.include({ id: '2' });
    const read = async (line = ''): Promise<Record<string, unknown>> => {
      const { stdout } = await run('bash', ['-c', line], { env: { ...process.env, CERBERUS_TOKEN: token } });
      return JSON.parse(stdout) as Record<string, unknown>;
    };
    const deadline = performance.now() + 10_000;
    while ((await read(reads[1]))['requests'] === 0 && performance.now() < deadline) await sleep(50);
    const seconds = ((performance.now() - begin) / 1e3).toFixed(1);
    const [events, summary] = [await read(reads[0]), await read(reads[1])];
    // npm install, the server's three, export and node, the request, the read.
    const commands = 1 + 3 + block('sh', 'node --import ./').trim().split('\n').length + 1 + 1;
    process.stdout.write(
      `    from npm install to the first event stored: ${commands} commands, ${seconds} s\n`,
    );
    expect(summary).to.include({ requests: 1, errors: 0, clients: 1 });
    const [event] = (events?.['events'] ?? []) as Record<string, unknown>[];
    expect(event).to.deep.include({
      endpoint: '/users/2',
      route: '/users/:id',
      status_code: 200,
      custom_data: { plan: 'pro', paying: true },
    });
    expect(event?.['source_ip']).to.match(/^[0-9a-f]{64}$/);

    for (const child of [application, server]) {
      process.kill(-(child.pid ?? 0), 'SIGTERM');
      await once(child, 'exit');
    }
  });

  it('runs an application that knows nothing of it, by one command, and shows its requests', async () => {
    const [install, dev] = block('sh', 'cerberus-server dev --')
      .replaceAll('<clone>', root)
      .trim()
      .split('\n');
    const env = { HOME: home, npm_config_cache: cache };
    await run('bash', ['-c', `${install} --prefer-offline`], { cwd: plain, env: { ...process.env, ...env } });
    await writeFile(
      join(plain, 'app.mjs'),
      `import { createServer } from 'node:http';
       const server = createServer((request, response) => response.end()).listen(0, () =>
         console.log('listening on http://localhost:' + server.address().port));`,
    );
    const child = start(`cd ${plain} && exec ${dev}`, env);
    const [, page, application = ''] = await printed(
      child,
      /page: (http:\S+)[\s\S]*listening on (http:\/\/localhost:\d+)/,
    );
    await fetch(`${application}/hello`);
    const requests = async (): Promise<unknown> =>
      ((await (await fetch(new URL('/api/summary', page))).json()) as { requests: unknown }).requests;
    const deadline = performance.now() + 10_000;
    while ((await requests()) !== 1 && performance.now() < deadline) await sleep(50);
    expect(await requests()).to.equal(1);
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    await once(child, 'exit');
  });

  it('counts an application without a line of code or an SDK, and the doctor finds nothing wrong', async () => {
    await writeFile(join(plain, 'package.json'), '{ "name": "plain-app", "private": true }');
    const install = block('sh', 'instrumentation}-*.tgz\n').trim().replaceAll('<clone>', root);
    await run('bash', ['-c', `${install} express@5 --prefer-offline`], { cwd: plain });
    expect(await readdir(join(plain, 'node_modules/@opentelemetry'))).to.deep.equal(['api']);
    await writeFile(
      join(plain, 'app.mjs'),
      `import express from 'express';
       const app = express().get('/users/:id', (request, response) => response.json({}));
       const server = app.listen(0, () => console.log('listening on http://localhost:' + server.address().port));`,
    );
    const server = startServer();
    const [, port] = await printed(server, /http:\/\/127\.0\.0\.1:(\d+)/);
    const token = (await readFile(join(home, 'cerberus/cerberus.duckdb.token'), 'utf8')).trim();
    const setUp = block('sh', 'instrumentation/register')
      .replace('<the token>', token)
      .replaceAll('127.0.0.1:8765', `127.0.0.1:${port}`);
    const variables = setUp.trim().split('\n').slice(0, -1).join('\n');

    const doctor = block('sh', 'cerberus-otel doctor');
    const checked = await run('bash', ['-c', `${variables}\n${doctor}`], {
      cwd: plain,
    });
    expect(checked.stdout).to.include('acknowledged a test event').and.not.include('FAIL');

    const application = start(`cd ${plain}\n${setUp}`);
    const [url] = await printed(application, /http:\/\/localhost:\d+/);
    await fetch(`${url}/users/2`);
    process.kill(-(application.pid ?? 0), 'SIGTERM');
    await once(application, 'exit');
    const response = await fetch(`http://127.0.0.1:${port}/api/events?client_id=my-app`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { events } = (await response.json()) as { events: Record<string, unknown>[] };
    // The doctor's own event is left out.
    expect(events.map(({ endpoint, route }) => [endpoint, route])).to.deep.equal([
      ['/users/2', '/users/:id'],
    ]);
    process.kill(-(server.pid ?? 0), 'SIGTERM');
    await once(server, 'exit');
  });

  it('shows a sink that prints what leaves, and it does', async () => {
    await writeFile(
      join(folder, 'sink.mjs'),
      block('js', 'WebSocketServer')
        .replace('port: 8766', 'port: 0')
        .replace('new WebSocketServer', 'export const sink = new WebSocketServer'),
    );
    await writeFile(
      join(folder, 'show.mjs'),
      `import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
       import { sink } from './sink.mjs';
       const exporter = new CerberusWsExporter({ wsUrl: 'ws://127.0.0.1:' + sink.address().port, token: 't', clientId: 'c' });
       exporter.export([{ kind: 1, attributes: { 'http.request.method': 'GET', 'url.path': '/seen' }, startTime: [1, 0], duration: [0, 1],
         status: { code: 0 }, spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }) }], () => {});
       await exporter.shutdown();
       process.exit(0);`,
    );
    const { stdout } = await run(process.execPath, ['show.mjs'], {
      cwd: folder,
      env: { ...process.env, CERBERUS_WARNINGS: 'false' },
    });
    expect(stdout).to.include('"endpoint":"/seen"');
  });
});
