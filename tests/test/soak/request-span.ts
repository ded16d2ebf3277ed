import type { FinishedSpan } from '@cerberus-otel/exporter-ws';
import { randomFillSync } from 'node:crypto';

const HEX_BYTES = 64 * 1024;
let hex = '';
let used = 0;

function randomHex(digits: number): string {
  if (used + digits > hex.length) {
    hex = randomFillSync(Buffer.alloc(HEX_BYTES)).toString('hex');
    used = 0;
  }
  used += digits;
  return hex.slice(used - digits, used);
}

/**
 * A request to `/orders/<name>` with random ids and a random pseudonym: nothing in it is smaller than in a real one.
 *
 * @param now when it began, milliseconds since 1970
 */
export function requestSpan(name: string, status = 200, now = Date.now()): FinishedSpan {
  const traceId = randomHex(32);
  const spanId = randomHex(16);
  return {
    kind: 1,
    attributes: {
      'http.request.method': 'GET',
      'url.path': `/orders/${name}`,
      'url.scheme': 'https',
      'http.route': '/orders/:id',
      'http.response.status_code': status,
      'cerberus.outcome': status >= 500 ? 'error' : 'completed',
      'cerberus.source_ip': randomHex(64),
      'cerberus.metric.items': now % 7,
    },
    startTime: [Math.floor(now / 1e3), (now % 1e3) * 1e6],
    duration: [0, Math.floor(Math.random() * 1e8)],
    status: { code: 0 },
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
  };
}
