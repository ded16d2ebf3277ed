// The shop's process. The demo starts it with `--import` of instrumentation.js and speaks to it over IPC.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from './shop/app.ts';
import { durations, sdk } from './shop/instrumentation.ts';
import type { DemoMessage, ShopMessage } from './shop/messages.ts';
import { Witness } from './shop/witness.ts';

const PROGRESS_MILLIS = 200;
/** Connections that are still open this long after the shop was told to stop are cut. */
const CLOSE_MILLIS = 5000;

// Ctrl-C reaches the whole process group, but the demo decides when the shop ends: its last events must be sent.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
// The demo hangs up when it has heard all; and whatever else happened to it, its shop does not stay behind.
process.on('disconnect', () => process.exit());

const server = createServer(createApp());
const witness = new Witness(server);
let progress: NodeJS.Timeout | undefined;

server.on('error', (error: NodeJS.ErrnoException) => {
  tell({ type: 'failed', code: error.code ?? '', message: error.message });
});
server.listen(Number(process.env['SHOP_PORT']), '127.0.0.1', () => {
  tell({ type: 'listening', port: (server.address() as AddressInfo).port });
  progress = setInterval(() => tell({ type: 'progress', requests: witness.requests }), PROGRESS_MILLIS);
});

process.on('message', ({ type }: DemoMessage) => {
  if (type === 'stop') void stop();
});

/** Answers what has arrived, sends the last events, then tells what was counted. */
async function stop(): Promise<void> {
  clearInterval(progress);
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MILLIS);
  await closed;
  clearTimeout(cut);
  await witness.drained();
  const durationsRecorded = await durations.count();
  await sdk.shutdown();
  tell({ type: 'stopped', counts: { ...witness.counts(), durationsRecorded } });
}

function tell(message: ShopMessage): void {
  if (process.connected) process.send?.(message);
}
