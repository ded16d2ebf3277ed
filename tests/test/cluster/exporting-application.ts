// The process behind `Load`: many exporters that share a rate. It ends with its parent.
import { CerberusWsExporter, type FinishedSpan } from '@cerberus-otel/exporter-ws';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Books, Order, Report } from './load.js';

const TURN_MILLIS = 20;
const METHODS = ['GET', 'POST'];
const STATUS_CODES = [200, 200, 200, 201, 404, 500];

/** An exporter and how many it has accepted: the number of its latest event. */
interface Member {
  readonly exporter: CerberusWsExporter;
  readonly id: number;
  accepted: number;
}

const members: Member[] = [];
let eventsPerSecond = 0;

function half(number: number): string {
  return number.toString(16).padStart(8, '0');
}

function spanOf(exporter: number, number: number): FinishedSpan {
  const now = Date.now();
  return {
    kind: 1,
    attributes: {
      'http.request.method': METHODS[number % METHODS.length],
      'url.path': `/orders/${number}`,
      'http.route': `/orders/${number % 7}/:id`,
      'http.response.status_code': STATUS_CODES[number % STATUS_CODES.length],
      'cerberus.outcome': 'completed',
      'cerberus.source_ip': half(number % 1000).repeat(8),
      'cerberus.metric.items': number % 10,
    },
    startTime: [Math.floor(now / 1e3), (now % 1e3) * 1e6],
    duration: [0, (number % 100) * 1e6],
    status: { code: 0 },
    spanContext: () => ({
      traceId: `${half(exporter)}${'c'.repeat(24)}`,
      spanId: `${half(exporter)}${half(number)}`,
      traceFlags: 1,
    }),
  };
}

/** A refused event leaves its number to the next. */
function exportOne(member: Member): void {
  member.exporter.export([spanOf(member.id, member.accepted + 1)], ({ code }) => {
    if (code === 0) member.accepted += 1;
  });
}

function join({ wsUrl, exporters, token }: Extract<Order, { kind: 'join' }>): void {
  for (let count = 0; count < exporters; count += 1) {
    const exporter = new CerberusWsExporter({
      wsUrl,
      token,
      clientId: 'cluster',
      protocol: 'batch',
      maxQueueEvents: 50_000,
      maxQueueBytes: 32 * 2 ** 20,
      flushIntervalMillis: 50,
      connectTimeoutMillis: 3_000,
      ackTimeoutMillis: 4_000,
      pingIntervalMillis: 2_000,
      pingTimeoutMillis: 2_000,
      initialBackoffMillis: 50,
      maxBackoffMillis: 1_000,
      forceFlushTimeoutMillis: 120_000,
    });
    const member = { exporter, id: members.length + 1, accepted: 0 };
    members.push(member);
    // Each has something to say, so that it connects.
    exportOne(member);
  }
}

function booksOf({ exporter, id, accepted }: Member): Books {
  const { acked, rejected, dropped, refused, reconnects, lastFailure } = exporter.stats();
  const lost = rejected + Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return { exporter: id, accepted, acked, lost, refused: refused.queue_full, reconnects, lastFailure };
}

async function obey(order: Order): Promise<void> {
  if (order.kind === 'join') join(order);
  if (order.kind === 'rate') ({ eventsPerSecond } = order);
  if (order.kind !== 'flush') return;
  await Promise.all(members.map(({ exporter }) => exporter.forceFlush()));
}

function report(message: Report): void {
  process.send?.(message);
}

process.on('message', (order: Order) => {
  obey(order).then(
    () => report({ books: members.map(booksOf) }),
    (error: Error) => {
      const waiting = members
        .map(({ exporter }) => exporter.stats())
        .filter(({ accepted, acked }) => acked < accepted);
      report({
        error: `${error.message}, of ${waiting.length} exporters: ${JSON.stringify(waiting.slice(0, 3))}`,
      });
    },
  );
});
process.on('disconnect', () => process.exit());

let due = 0;
let at = performance.now();
for (let next = 0; ;) {
  await sleep(TURN_MILLIS);
  const now = performance.now();
  due = Math.min(due + ((now - at) / 1e3) * eventsPerSecond, eventsPerSecond);
  at = now;
  for (; due >= 1 && members.length > 0; due -= 1) {
    const member = members[next % members.length];
    if (member !== undefined) exportOne(member);
    next += 1;
  }
}
