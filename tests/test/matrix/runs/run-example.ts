import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '@cerberus-otel/server';
import { readEvents } from '../../support/reads.js';
import { ExampleProcess, type Launch } from '../examples/example-process.js';
import { findings, type Finding } from '../probes/findings.js';
import type { Framework } from '../frameworks/framework.js';
import type { Options } from '../probes/probe.js';
import { sendProbes } from '../probes/send-probe.js';

const TOKEN = 'canary-token';
const SECRET_KEY = 'canary-secret-key-of-32-bytes-and-more';
const CLIENT_ID = 'matrix';

/**
 * Starts an example, sends it the probes, ends it, and compares what the server's database then has.
 *
 * @param env what its environment has beside where to send, and the options
 */
export async function runExample(
  framework: Framework,
  launch: Launch,
  options: Options,
  env: Readonly<Record<string, string>> = {},
): Promise<Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'cerberus-matrix-'));
  const server = await startServer({
    port: 0,
    db: join(folder, 'matrix.duckdb'),
    token: TOKEN,
    secretKey: SECRET_KEY,
  });
  let example: ExampleProcess | undefined;
  try {
    const { trustProxy, record } = options;
    example = await ExampleProcess.start(launch, {
      CERBERUS_WS_URL: server.wsUrl,
      CERBERUS_BACKEND_URL: server.url,
      CERBERUS_TOKEN: TOKEN,
      CERBERUS_CLIENT_ID: CLIENT_ID,
      CERBERUS_RECORD: record,
      ...(trustProxy === undefined ? {} : { CERBERUS_TRUST_PROXY: trustProxy }),
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      ...env,
    });
    const secure = framework.secure ?? false;
    const send = framework.send ?? sendProbes;
    const sent = await send(framework.probes(options), { port: example.port, secure }, launch.folder);
    await example.stop();
    const secrets = { secretKey: SECRET_KEY, clientId: CLIENT_ID, scheme: secure };
    return findings(sent, await readEvents(server.url, TOKEN), secrets);
  } finally {
    example?.kill();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
