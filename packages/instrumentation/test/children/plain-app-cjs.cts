// The same as an application of CommonJS.
import type * as Cerberus from '@cerberus-otel/instrumentation';
import type * as Api from '@opentelemetry/api';
import type Express from 'express';
import type { AddressInfo } from 'node:net';

const { setMetric } = require('@cerberus-otel/instrumentation') as typeof Cerberus;
const { trace } = require('@opentelemetry/api') as typeof Api;
const express = require('express') as typeof Express;

const app = express();
app.get('/users/:id', (_request, response) => {
  trace.getActiveSpan()?.setAttribute('cerberus.metric.attribute', 1);
  setMetric('helper', 2);
  response.json({});
});

const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
});
setTimeout(() => process.exit(9), 15_000).unref();
