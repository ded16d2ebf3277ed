// An application with something wrong, or nothing, as MODE says; after its requests half a minute passes.
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type Express from 'express';
import { context as olderContext } from 'opentelemetry-api-1-8';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { listen, send } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { report, require } from './report.js';

const mode = process.env['MODE'];
const clock = new FakeClock();
const reporter = new RecordingReporter();
const processor = new CerberusSpanProcessor(
  { exporter: new RecordingExporter(), secretKey: 'k'.repeat(32) },
  { clock, reporter, env: {} },
);
const api = mode === 'foreign-api' ? olderContext : context;
api.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const provider = new BasicTracerProvider({
  spanProcessors: [processor],
  ...(mode === 'sampler' && { sampler: new AlwaysOffSampler() }),
});
trace.setGlobalTracerProvider(provider);
const instrumentations = [
  ...(mode === 'no-http' ? [] : [new HttpInstrumentation()]),
  ...(mode === 'no-express' ? [] : [new ExpressInstrumentation()]),
];
for (const instrumentation of instrumentations) instrumentation.setTracerProvider(provider);

void require('node:http');
const express = require('express') as typeof Express;
const app = express();
const handler: Express.RequestHandler = (_request, response) => void response.json({});
// Routes that Express knows are read without its instrumentation too; here it knows none.
if (mode === 'no-express') app.use(handler);
else app.get(['/users/:id', '/health'], handler);
const server = await listen(app);
for (let count = 0; count < 5; count += 1) await send(server.port, { target: '/users/7' });
for (let count = 0; count < 20; count += 1) await send(server.port, { target: '/health' });
await server.close();
clock.advance(30_000);
report({ findings: reporter.conditions.map(({ code, message }) => `${code}: ${message}`) });
