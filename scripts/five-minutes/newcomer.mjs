// One newcomer on one of the ways: from an empty folder to the events that the server has.
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Terminal } from './terminal.mjs';

const ARRIVAL_LIMIT_MILLIS = 30_000;
const LOOK_AGAIN_MILLIS = 100;
/** An event too many has so long to show itself. */
const SURPLUS_MILLIS = 1_500;
/** What is requested after the document's own request, which is the first. */
const MORE_REQUESTS = ['/users/1', '/users/2', '/users/1', '/users/2'];
const EXPECTED_ROUTE = '/users/:id';

/**
 * Goes the way, and checks what has arrived.
 *
 * @returns what came out: `{ commands, files, seconds, events, routes, problem }`, the last undefined when all is right
 */
export async function goTheWay(path, { root, parent, npm, print }) {
  const folder = mkdtempSync(join(parent, 'way-'));
  const terminals = [];
  const result = { commands: 0, files: 0, seconds: 0, events: 0, routes: [] };
  try {
    const [port, serverPort] = [await freePort(), await freePort()];
    const replaced = new Map([
      ['<clone>', root],
      ['$FOLDER', folder],
      ['localhost:3000', `localhost:${port}`],
      ['127.0.0.1:8765', `127.0.0.1:${serverPort}`],
    ]);
    const [cwd, home] = [join(folder, 'app'), join(folder, 'home')];
    for (const each of [cwd, home]) mkdirSync(each);
    const record = (command, seconds) => {
      result.commands += 1;
      print(`${seconds.toFixed(1).padStart(6)} s  ${command}`);
    };
    const open = (env) => {
      const terminal = new Terminal({ cwd, env: { ...process.env, ...npm, ...env }, replaced, record });
      terminals.push(terminal);
      return terminal;
    };
    const begin = performance.now();
    // The documents' instrumentation.mjs takes the port from here; without code it is one of the variables that are typed.
    const [wsUrl, backendUrl] = [`ws://127.0.0.1:${serverPort}/ws/events`, `http://127.0.0.1:${serverPort}`];
    const elsewhere = { CERBERUS_WS_URL: wsUrl, CERBERUS_BACKEND_URL: backendUrl };
    const first = open({ PORT: String(port), ...(path.code === 'with' ? elsewhere : {}) });
    for (const step of path.steps.filter((each) => !isAfterServer(each))) {
      if (typeof step === 'string') await first.type(step);
      else {
        writeFileSync(join(cwd, step.file), step.text);
        result.files += 1;
        print(`          (${step.file} written)`);
      }
    }
    const second = open({ HOME: home, CERBERUS_SERVER_PORT: String(serverPort) });
    for (const command of path.server.slice(0, -1)) await second.type(command);
    // These terminals are pipes, to which a token is not printed, but the file that holds it.
    const [, tokenFile] = await second.start(path.server.at(-1), / token +in (\S+)\n/);
    const token = readFileSync(tokenFile, 'utf8').trim();
    replaced.set('<the token>', token);

    const last = path.steps.filter(isAfterServer);
    for (const command of last.slice(0, -1)) await first.type(command);
    await first.start(last.at(-1), /listening|successfully started/);
    await listening(port);
    const third = open({});
    await third.type('export CERBERUS_TOKEN=<the token>');
    const [request, ...reads] = path.requests;
    await third.type(request);
    const read = readerOf(`http://127.0.0.1:${serverPort}`, token);
    await arrived(read, 1);
    result.seconds = (performance.now() - begin) / 1e3;
    for (const command of reads) await third.type(command);
    for (const each of MORE_REQUESTS) await (await fetch(`http://localhost:${port}${each}`)).text();
    await arrived(read, 1 + MORE_REQUESTS.length);
    await sleep(SURPLUS_MILLIS);
    return { ...result, ...judged((await read('events')).events, await read('summary')) };
  } catch (error) {
    return { ...result, problem: [error.message, error.cause?.code].filter(Boolean).join(': ') };
  } finally {
    for (const terminal of terminals.toReversed()) await terminal.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What has to be exported, built and started once there is a server and its token. */
function isAfterServer(step) {
  return typeof step === 'string' && /^(?:export|node|npm run) /.test(step);
}

function judged(events, { requests }) {
  const wanted = ['/users/2', ...MORE_REQUESTS].toSorted();
  const routes = [...new Set(events.map(({ route }) => String(route)))];
  const problems = [];
  if (requests !== wanted.length) problems.push(`${requests} requests counted instead of ${wanted.length}`);
  const stored = events.map(({ endpoint }) => endpoint).toSorted();
  if (stored.join() !== wanted.join()) problems.push(`stored were ${stored.join(', ')}`);
  if (routes.join() !== EXPECTED_ROUTE) problems.push(`routes were ${routes.join(', ')}`);
  if (events.some((event) => event.status_code !== 200)) problems.push('not all had status 200');
  return { events: events.length, routes, problem: problems.length === 0 ? undefined : problems.join('; ') };
}

function readerOf(server, token) {
  return async (what) => {
    const response = await fetch(`${server}/api/${what}`, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`the server answered ${response.status} to /api/${what}`);
    return response.json();
  };
}

/** NestJS says that it has started before it listens; a newcomer does not type that fast. */
async function listening(port) {
  const deadline = performance.now() + ARRIVAL_LIMIT_MILLIS;
  while (!(await isOpen(port)) && performance.now() < deadline) await sleep(LOOK_AGAIN_MILLIS);
}

async function isOpen(port) {
  const socket = connect(port, 'localhost');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Too few are found out by whoever compares. */
async function arrived(read, count) {
  const deadline = performance.now() + ARRIVAL_LIMIT_MILLIS;
  while ((await read('summary')).requests < count && performance.now() < deadline)
    await sleep(LOOK_AGAIN_MILLIS);
}

/** The ports of the documents may be taken here. */
async function freePort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
