// Runs cases one after the other, each with servers of its own, and gives what was seen of each.
'use strict';
const http = require('node:http');
const { setTimeout: sleep } = require('node:timers/promises');
const { configure, recorder, takeMetrics } = require('./recorder.cjs');
const { send } = require('./client.cjs');

const DEADLINE_MILLIS = 2_000;

function listening(server, ...where) {
  return new Promise((resolve) => server.listen(...(where.length > 0 ? where : [0, '127.0.0.1']), resolve));
}

async function closed(server) {
  const done = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections?.();
  await done;
}

/** Until all spans have ended, or nothing more is to be expected. */
async function settled() {
  const deadline = performance.now() + DEADLINE_MILLIS;
  do await sleep(3);
  while (recorder.open > 0 && performance.now() < deadline);
}

async function runCase(
  instrumentation,
  { title, options, server: make, listen = [], handle, act, waitsForEnd = true },
) {
  configure(instrumentation, options);
  const notes = [];
  const note = (where, what = recorder.active()) => notes.push(`${where}: ${what}`);
  const onUncaught = (error) => notes.push(`uncaught: ${error?.message ?? error}`);
  process.on('uncaughtException', onUncaught);
  const server = make?.({ note }) ?? http.createServer();
  if (handle !== undefined) server.on('request', (req, res) => handle(req, res, note));
  await listening(server, ...listen);
  const address = server.address();
  const target = typeof address === 'string' ? address : address.port;
  const answer = await act({ target, note, server, send: (...args) => send(target, ...args) });
  if (waitsForEnd) await settled();
  await closed(server);
  await settled();
  process.off('uncaughtException', onUncaught);
  const seen = {
    spans: recorder.take([target]),
    notes: notes.toSorted(),
    answer,
    metrics: await takeMetrics(),
  };
  return [title, seen];
}

async function runCases(instrumentation, cases) {
  const results = [];
  for (const each of cases) results.push(await runCase(instrumentation, each));
  return Object.fromEntries(results);
}

function report(results) {
  process.stdout.write(JSON.stringify(results), () => process.exit(0));
}

module.exports = { closed, listening, report, runCases };
