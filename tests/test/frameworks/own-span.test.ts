// The span of one's own that docs/frameworks.md shows for HTTP/2, word by word.
import { expect } from 'chai';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:http2';
import { join } from 'node:path';
import type { SentProbe } from '../matrix/probes/findings.js';
import type { Framework } from '../matrix/frameworks/framework.js';
import type { Probe } from '../matrix/probes/probe.js';
import { runExample } from '../matrix/runs/run-example.js';
import type { Target } from '../matrix/probes/send-probe.js';
import { placePackages, REPOSITORY, stage } from '../matrix/examples/stage.js';

const MAIN = `
import { sdk } from './instrumentation.mjs';
import { server } from './server.mjs';
server.listen(0, () => process.stdout.write('listening on http://localhost:' + server.address().port));
process.once('SIGTERM', () => server.close(() => void sdk.shutdown().finally(() => process.exit())));
`;

async function sendOverHttp2(probes: readonly Probe[], { port }: Target): Promise<SentProbe[]> {
  const client = connect(`http://127.0.0.1:${port}`);
  const sent: SentProbe[] = [];
  for (const probe of probes) {
    const answer = client.request({ ':path': probe.target });
    answer.resume();
    await once(answer, 'close', { signal: AbortSignal.timeout(10_000) });
    sent.push({ probe, traceId: undefined });
  }
  client.close();
  return sent;
}

const HTTP2: Framework = {
  name: 'HTTP/2',
  example: 'node-http',
  probes: () => [
    {
      name: 'GET',
      target: '/users/2?token=canary-query',
      expected: {
        endpoint: '/users/2',
        method: 'GET',
        status: 200,
        outcome: 'completed',
        metrics: { paying: true },
        address: '127.0.0.1',
      },
    },
  ],
  send: sendOverHttp2,
  gaps: [],
};

describe('a span of your own', function () {
  this.timeout(60_000);

  it('makes an event of an HTTP/2 request, with its address, status and metrics', async () => {
    const text = await readFile(join(REPOSITORY, 'docs/frameworks.md'), 'utf8');
    const [, snippet = ''] = /```js\n([^`]*node:http2[^`]*)```/.exec(text) ?? [];
    const run = join(REPOSITORY, 'tests/sdk-2/run');
    await placePackages(run);
    const launch = await stage(HTTP2.example, join(run, 'http2'), 'esm', process.execPath);
    await writeFile(join(launch.folder, 'server.mjs'), snippet);
    await writeFile(
      join(launch.folder, 'answer.mjs'),
      `import { setMetric } from '@cerberus-otel/instrumentation';
       export const answer = (_request, response) => { setMetric('paying', true); response.end('x'); };`,
    );
    await writeFile(join(launch.folder, 'app.mjs'), MAIN);
    const found = await runExample(HTTP2, launch, { trustProxy: undefined, record: 'server' });
    expect(found).to.deep.equal([]);
  });
});
