// A program that served one request, asked BACKEND_URL for the key, and has nothing more to do.
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { serverSpan } from '../support/spans.js';
import { report } from './report.js';

const processor = new CerberusSpanProcessor({
  exporter: new RecordingExporter(),
  backendUrl: process.env['BACKEND_URL'],
  token: 'canary-token',
});
const span = serverSpan();
processor.onStart(span, ROOT_CONTEXT);
processor.onEnding(span);
processor.onEnd(span);
if (process.env['NO_WAIT'] === undefined) await sleep(300);
report({ waiting: processor.stats().waitingForKey });
