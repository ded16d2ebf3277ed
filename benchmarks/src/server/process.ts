// cerberus-server with its default store, a DuckDB file, in a process of its own.
import { join } from 'node:path';
import { startServer } from '../../../packages/server/dist/index.js';
import { temporaryFolder } from '../harness/folder.ts';
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';

const folder = temporaryFolder();
const server = await startServer({ port: 0, db: join(folder.path, 'events.duckdb'), token: 'sk-benchmark' });
let stop: () => Usage = startMeter();

answerCalls({
  address: () => ({ wsUrl: server.wsUrl, url: server.url }),
  start: () => {
    stop = startMeter();
  },
  stop: () => ({ usage: stop(), stored: server.stats().stored, rssBytes: process.memoryUsage.rss() }),
  async close() {
    await server.close();
    folder.remove();
  },
});
