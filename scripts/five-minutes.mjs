// Goes the newcomer's way of the documents for Express, Fastify and NestJS, each with code and without, and says what had to be typed
// and how long it took: `npm run five-minutes [-- Express]`. Fails when not exactly the events of the requests have arrived.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuse } from './arguments.mjs';
import { goTheWay } from './five-minutes/newcomer.mjs';
import { paths } from './five-minutes/paths.mjs';
import { endGroupsWithThisProcess, ProcessGroup } from './process-group.mjs';

const AT_ONCE = 2;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [only] = process.argv.slice(2);
/** Where they go: each in a folder of its own, with all that it installs. */
const folder = mkdtempSync(join(tmpdir(), 'cerberus-five-'));
function removeFolder() {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}
endGroupsWithThisProcess(removeFolder);
process.once('exit', removeFolder);

/** The user's own settings of npm, also for whoever has another home folder. */
const npm = Object.fromEntries(
  ['cache', 'userconfig'].map((name) => [
    `npm_config_${name}`,
    spawnSync('npm', ['config', 'get', name], { encoding: 'utf8' }).stdout.trim(),
  ]),
);

async function pack() {
  const begin = performance.now();
  const packing = new ProcessGroup('npm', ['run', 'pack'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  for (const stream of packing.outputs) stream.setEncoding('utf8').on('data', (text) => (said += text));
  if ((await packing.ended()) !== 0) throw new Error(`npm run pack failed: ${said}`);
  process.stdout.write(
    `once, in the clone: npm run pack, ${((performance.now() - begin) / 1e3).toFixed(1)} s\n`,
  );
}

async function goAll(waiting, results) {
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const name = `${path.framework}, ${path.code} code`;
    const print = (line) => process.stdout.write(`[${name}] ${line}\n`);
    const result = await goTheWay(path, { root, parent: folder, npm, print });
    if (result.problem !== undefined) print(`FAILED: ${result.problem}`);
    results.set(path, result);
  }
}

const all = paths(root).filter(({ framework }) => only === undefined || framework === only);
if (all.length === 0) refuse('takes Express, Fastify, NestJS, or nothing for all of them');
await pack();
const [waiting, results] = [[...all], new Map()];
await Promise.all(Array.from({ length: AT_ONCE }, () => goAll(waiting, results)));

const rows = all.map((path) => {
  const { commands, files, seconds, events, routes, problem } = results.get(path);
  const cells = [path.framework, path.code, commands, files, seconds.toFixed(1), events, routes.join(' ')];
  return [...cells, problem === undefined ? 'right' : 'FAILED'];
});
const titles = [
  'framework',
  'code',
  'commands',
  'files',
  'seconds to the first event',
  'events',
  'routes',
  '',
];
process.stdout.write('\n');
for (const row of [titles, titles.map(() => '---'), ...rows])
  process.stdout.write(`| ${row.join(' | ')} |\n`);
if (rows.some((row) => row.at(-1) === 'FAILED')) process.exitCode = 1;
