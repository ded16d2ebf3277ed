// The examples, each on both SDK lines and in both module systems: one event per request, complete, and nothing else.
// `npm run matrix` does the same with every framework, more versions of OpenTelemetry, and more of Node.
import { expect } from 'chai';
import { stop as stopEsbuild } from 'esbuild';
import { join } from 'node:path';
import { judge } from '../matrix/frameworks/framework.js';
import { EXPRESS, FASTIFY, NODE_HTTP } from '../matrix/frameworks/frameworks.js';
import type { Options } from '../matrix/probes/probe.js';
import { runExample } from '../matrix/runs/run-example.js';
import { placePackages, REPOSITORY, stage, type Modules } from '../matrix/examples/stage.js';

/** Both ways to trust and to record occur with both lines and both module systems. */
const COMBINATIONS: readonly (Options & { line: string; modules: Modules })[] = [
  { line: 'sdk-2', modules: 'esm', trustProxy: undefined, record: 'server' },
  { line: 'sdk-2', modules: 'cjs', trustProxy: '127.0.0.2', record: 'request' },
  { line: 'sdk-3', modules: 'esm', trustProxy: '127.0.0.2', record: 'request' },
  { line: 'sdk-3', modules: 'cjs', trustProxy: undefined, record: 'server' },
];

/** Below the dependencies of the line, which are those of a workspace of its own. */
const runFolder = (line: string): string => join(REPOSITORY, 'tests', line, 'run');

describe('frameworks', function () {
  this.timeout(120_000);
  after(() => stopEsbuild());

  before(() => Promise.all(['sdk-2', 'sdk-3'].map((line) => placePackages(runFolder(line)))));

  for (const framework of [NODE_HTTP, EXPRESS, FASTIFY]) {
    for (const { line, modules, ...options } of COMBINATIONS) {
      it(`${framework.name} on ${line} as ${modules}: each request is one event, complete, and nothing else`, async () => {
        const folder = join(runFolder(line), `${framework.example}-${modules}`);
        const launch = await stage(framework.example, folder, modules, process.execPath);
        const found = await runExample(framework, launch, options);
        const setting = {
          line,
          modules,
          node: process.versions.node,
          capture: 'standard' as const,
          patched: false,
          ...options,
        };
        const { unexplained, stale } = judge(framework, setting, found);
        expect({ unexplained, stale }).to.deep.equal({ unexplained: [], stale: [] });
      });
    }
  }
});
