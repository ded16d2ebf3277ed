// As many requests as ADDRESSES says, each from another client, through every hook; what memory they leave behind.
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { FinishedSpan, ExportOutcome } from '@cerberus-otel/exporter-ws/internal';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { serverSpan } from '../support/spans.js';
import { setImmediate } from 'node:timers/promises';
import { report } from './report.js';

const total = Number(process.env['ADDRESSES']);
let distinct = 0;
let last: unknown;
const exporter = {
  export([span]: FinishedSpan[], done: (result: ExportOutcome) => void): void {
    const hash = span?.attributes['cerberus.source_ip'];
    if (typeof hash === 'string' && hash !== last) distinct += 1;
    last = hash;
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};
const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) });

function serve(from: number, to: number): void {
  for (let n = from; n < to; n += 1) {
    const peer = [10 + (n >> 24), (n >> 16) & 255, (n >> 8) & 255, n & 255].join('.');
    const span = serverSpan({ 'network.peer.address': peer });
    processor.onStart(span, ROOT_CONTEXT);
    processor.onEnding(span);
    processor.onEnd(span);
  }
}

function memory(): NodeJS.MemoryUsage {
  globalThis.gc?.();
  return process.memoryUsage();
}

const warmUp = Math.floor(total / 5);
serve(0, warmUp);
const before = memory();
serve(warmUp, total);
await setImmediate();
const after = memory();
report({
  distinct,
  heapGrowth: after.heapUsed - before.heapUsed,
  rssGrowth: after.rss - before.rss,
});
