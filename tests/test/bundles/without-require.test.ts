// A bundle of ES modules in which CommonJS finds no `require`: what Cerberus needs of it cannot be loaded there.
import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';
import { answerOf } from '../support/answering-app.js';

const TESTS = fileURLToPath(new URL('../../', import.meta.url));
const APP = `
import { createServer } from 'node:http';
import { startCerberus } from '@cerberus-otel/instrumentation';
startCerberus();
const server = createServer((request, response) => response.end('{}'));
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
`;

describe('a bundle of ES modules without `require`', function () {
  this.timeout(60_000);

  // Of esbuild, which keeps a process.
  after(() => stop());

  it('runs, and is told why nothing is sent and where that is described', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cerberus-without-'));
    try {
      const outfile = join(folder, 'app.mjs');
      const stdin = { contents: APP, resolveDir: TESTS };
      await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
      const { body, said } = await answerOf(folder, [outfile], {
        eventMillis: 1_000,
        env: { CERBERUS_DEBUG: 'true' },
      });
      expect(body).to.deep.equal({});
      expect(said).to.match(
        /failed with `ws`, which cannot be loaded: .* without `require` \(docs\/coexistence\.md/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
