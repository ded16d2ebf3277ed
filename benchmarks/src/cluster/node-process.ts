// cerberus-server on a PostgreSQL database that others use, too, in a process of its own.
import { startServer } from '../../../packages/server/dist/index.js';
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';

const [store] = process.argv.slice(2) as [string];
const server = await startServer({ port: 0, store, token: 'sk-benchmark', secretKey: 'benchmark' });
let stop: () => Usage = startMeter();

answerCalls({
  address: () => ({ wsUrl: server.wsUrl }),
  start: () => {
    stop = startMeter();
  },
  stop: () => stop(),
  close: () => server.close(),
});
