// A root hook of mocha: after each test file, what the file opened and did not close fails the run, by its name and the place
// that opened it. It is then closed, so that the next file starts clean and mocha can end.
import { subscribe } from 'node:diagnostics_channel';
import { Server, Socket } from 'node:net';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What was told to close may take so long, on a machine that does other things too. */
const GRACE_MILLIS = 3_000;
const STACK_LINES = 30;

/** How each kind of thing is recognized as still open, what is said of it, and how it is got rid of. */
const KINDS = {
  server: {
    isOpen: (server) => server.listening,
    describe: (server) => `a server that listens on ${place(server.address())}`,
    close(server) {
      server.closeAllConnections?.();
      server.close();
    },
  },
  socket: {
    isOpen: (socket) => socket._handle !== null && !socket.destroyed,
    describe: ({ remotePort, _host }) => `a connection to ${remotePort ?? _host ?? 'a pipe'}`,
    close: (socket) => socket.destroy(),
  },
  accepted: {
    isOpen: (socket) => socket._handle !== null && !socket.destroyed,
    describe: ({ localPort }) => `a connection that a server accepted on ${localPort ?? 'a pipe'}`,
    close: (socket) => socket.destroy(),
  },
  child: {
    isOpen: ({ pid, exitCode, signalCode }) => pid !== undefined && exitCode === null && signalCode === null,
    describe: ({ pid, spawnfile }) => `the child process ${pid} (${spawnfile})`,
    close: (child) => child.kill('SIGKILL'),
  },
  worker: {
    isOpen: ({ threadId }) => threadId !== -1,
    describe: ({ threadId }) => `the worker thread ${threadId}`,
    close: (worker) => worker.terminate(),
  },
};

/** Held weakly: what can be collected is closed. */
let opened = [];

function place(address) {
  return typeof address === 'string' ? address : `port ${address?.port}`;
}

function note(kind, thing) {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = STACK_LINES;
  opened.push({ kind, thing: new WeakRef(thing), trace: new Error(kind) });
  Error.stackTraceLimit = stackTraceLimit;
}

function noteCallsOf(prototype, method, kind) {
  const original = prototype[method];
  prototype[method] = function noted(...args) {
    note(kind, this);
    return original.apply(this, args);
  };
}

noteCallsOf(Server.prototype, 'listen', 'server');
noteCallsOf(Socket.prototype, 'connect', 'socket');
subscribe('net.server.socket', ({ socket }) => note('accepted', socket));
subscribe('child_process', ({ process: child }) => note('child', child));
subscribe('worker_threads', ({ worker }) => note('worker', worker));

function stillOpen() {
  opened = opened.filter(({ kind, thing: reference }) => {
    const thing = reference.deref();
    return thing !== undefined && KINDS[kind].isOpen(thing);
  });
  return opened;
}

/** The line of a test or of its support that opened it; Node's own and those of dependencies say nothing to a reader. */
function opener({ trace }) {
  const frame = trace.stack
    .split('\n')
    .find((line) => line.includes('/test') && !line.includes('node_modules') && !line.includes('node:'));
  const at = frame?.match(/\(?(?:file:\/\/)?(\/[^()]*)\)?$/)?.[1];
  return at === undefined ? '' : `, opened at ${relative(process.cwd(), at)}`;
}

/** Of what keeps the process alive and has no object to be asked: how many of each kind, timers for example. */
function anonymous() {
  const counts = new Map();
  for (const kind of process.getActiveResourcesInfo()) {
    // Requests and immediates end by themselves, the others are noted above; those of mocha's output stay.
    if (/Req|Immediate|^(?:TCP|TLS|Pipe|TTY|Process)/.test(kind)) continue;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function more(counts, before) {
  return [...counts].filter(([kind, count]) => count > (before.get(kind) ?? 0));
}

/** Measured in the middle of an asynchronous hook, so that mocha's own timer of such a hook is always part of it. */
async function measured() {
  await new Promise(setImmediate);
  return anonymous();
}

/** @returns a line for each thing that was opened since the last call and is not closed soon; it is closed now */
async function leftovers(before) {
  await measured();
  const deadline = performance.now() + GRACE_MILLIS;
  while ((stillOpen().length > 0 || more(anonymous(), before).length > 0) && performance.now() < deadline)
    await sleep(10);
  const found = stillOpen().map((each) => {
    const thing = each.thing.deref();
    const line = KINDS[each.kind].describe(thing) + opener(each);
    KINDS[each.kind].close(thing);
    return line;
  });
  opened = [];
  const unnamed = more(anonymous(), before).map(
    ([kind, count]) => `${count - (before.get(kind) ?? 0)} × ${kind}`,
  );
  return [...found, ...unnamed];
}

/** Adds the check behind the last of a file's suites: hooks of a suite run in the order in which they were added. */
function checkAfter(suite) {
  const file = relative(process.cwd(), suite.file ?? '');
  suite.afterAll('leaves nothing behind', async () => {
    const left = await leftovers(baseline);
    baseline = await measured();
    if (left.length > 0)
      throw new Error(`${file} left behind what it opened:\n${left.map((line) => `- ${line}`).join('\n')}`);
  });
}

let baseline = new Map();

/** Read by mocha. */
export const mochaHooks = {
  async beforeAll() {
    baseline = await measured();
    // Hooks of a suite that is skipped do not run.
    const suites = this.test.parent.suites.filter((suite) => !suite.isPending());
    for (const [index, suite] of suites.entries())
      if (suite.file !== suites[index + 1]?.file) checkAfter(suite);
  },
};
