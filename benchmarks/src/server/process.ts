// cerberus-server with its default store, a DuckDB file, in a process of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../../packages/server/dist/index.js';
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';

const folder = mkdtempSync(join(tmpdir(), 'cerberus-benchmark-'));
const server = await startServer({ port: 0, db: join(folder, 'events.duckdb'), token: 'sk-benchmark' });
let stop: () => Usage = startMeter();

answerCalls({
  address: () => ({ wsUrl: server.wsUrl, url: server.url }),
  start: () => {
    stop = startMeter();
  },
  stop: () => ({ usage: stop(), stored: server.stats().stored, rssBytes: process.memoryUsage.rss() }),
  async close() {
    await server.close();
    rmSync(folder, { recursive: true });
  },
});
