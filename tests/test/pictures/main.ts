// The pictures of the README: `npm run pictures` shows a made-up day to a browser, and writes docs/page-*.png.
import { startServer } from '@cerberus-otel/server';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { seededRandom } from '../../../packages/server/test-dist/support/events/random-events.js';
import { openPage } from '../support/browser.js';
import { APPLICATIONS, eventAt, eventsOf } from './traffic.js';

const DOCS = fileURLToPath(new URL('../../../docs/', import.meta.url));
const FRAME_EVENTS = 500;
/** The rate of a moment is that of ten seconds, in which nothing of the day may be left. */
const LIVE_SECONDS = 14;

interface Picture {
  readonly name: string;
  readonly query: string;
  readonly ready: string;
  readonly click?: string;
  readonly height: number;
}

/** Views by the name of their picture: their addresses, what must be there, what is clicked then, and their height. */
const PICTURES: readonly Picture[] = [
  { name: 'overview', query: '?client_id=shop', ready: '/products/:id', height: 880 },
  {
    name: 'endpoint',
    query: '?view=endpoint&client_id=shop&method=POST&endpoint=%2Fcheckout',
    ready: '/checkout',
    height: 880,
  },
  {
    name: 'requests',
    query: '?view=requests&client_id=shop&order=slowest&failed=true',
    ready: '/checkout',
    click: 'table.requests .row',
    height: 700,
  },
  {
    name: 'metrics',
    query: '?view=metrics&client_id=shop&name=items',
    ready: 'cache_hit',
    height: 700,
  },
  { name: 'sources', query: '?view=sources', ready: 'payments', height: 640 },
];

const server = await startServer({
  port: 0,
  db: ':memory:',
  signIn: false,
  traceUrlTemplate: 'https://traces.example/{trace_id}',
});
const random = seededRandom(7);
const exporters = [];
for (const application of APPLICATIONS) {
  const events = eventsOf(application, Date.now(), random);
  for (let instance = 0; instance < application.instances; instance += 1) {
    const exporter = await connected(application.name, application.version, instance);
    exporters.push({ application, exporter });
    await exporter.send(events.filter((_, index) => index % application.instances === instance));
  }
}
for (let second = 0; second < LIVE_SECONDS; second += 1) {
  for (const { application, exporter } of exporters)
    await exporter.send([eventAt(application, Date.now(), random)]);
  await sleep(1000);
}
for (const { name, query, ready, click, height } of PICTURES) {
  const { page, problems } = await openPage(server, query);
  await page.setViewportSize({ width: 1280, height });
  await page.getByText(ready).filter({ visible: true }).first().waitFor();
  if (click !== undefined) await page.locator(click).first().click();
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.screenshot({ path: `${DOCS}page-${name}.png` });
  if (problems.length > 0) throw new Error(`${name}: ${problems.join(', ')}`);
}
await server.close();
process.exit(0);

/** An exporter that sends one frame at a time. */
async function connected(
  clientId: string,
  version: string,
  instance: number,
): Promise<{ send: (events: readonly object[]) => Promise<void> }> {
  const headers = { authorization: `Bearer ${server.token}` };
  const socket = new WebSocket(server.wsUrl, ['cerberus.batch.v1'], { headers });
  await once(socket, 'open');
  let seq = 0;
  const said = async (message: object): Promise<void> => {
    const answered = once(socket, 'message');
    socket.send(JSON.stringify(message));
    await answered;
  };
  await said({
    type: 'hello',
    client_id: clientId,
    producer: `${clientId}-${instance}`,
    agent: 'cerberus-otel-node/0.1.0',
    service_version: version,
    deployment_environment: 'production',
    service_instance_id: `${clientId}-${instance}`,
  });
  return {
    send: async (events) => {
      for (let from = 0; from < events.length; from += FRAME_EVENTS) {
        seq += 1;
        await said({ type: 'events', seq, events: events.slice(from, from + FRAME_EVENTS) });
      }
    },
  };
}
