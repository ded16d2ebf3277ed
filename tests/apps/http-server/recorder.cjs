// Sets up OpenTelemetry with HttpInstrumentation (`standard`) or HttpServerInstrumentation (`ours`), and writes down what they make; or
// Cerberus without an SDK (`alone`), whose spans nobody else sees.
'use strict';
const { subscribe } = require('node:diagnostics_channel');
const { createRequire } = require('node:module');
const { join } = require('node:path');

const { SDK_FOLDER, KIND } = process.env;
const fromSdk = createRequire(join(SDK_FOLDER, 'package.json'));
const api = fromSdk('@opentelemetry/api');
const { NodeSDK } = fromSdk('@opentelemetry/sdk-node');
const insideSdk = createRequire(fromSdk.resolve('@opentelemetry/sdk-node'));
const { MetricReader, AggregationTemporality } = insideSdk('@opentelemetry/sdk-metrics');

class Reader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA });
  }
  async onForceFlush() {}
  async onShutdown() {}
}

class Recorder {
  spans = [];
  open = 0;
  onStart(span) {
    this.open += 1;
    const { name, kind, attributes, links, parentSpanContext } = span;
    this.spans.push({
      span,
      name,
      kind,
      attributes: { ...attributes },
      links: links.length,
      parent: parentSpanContext,
    });
  }
  onEnd() {
    this.open -= 1;
  }
  async forceFlush() {}
  async shutdown() {}

  /** Which span is active here, by its place among those of the case. */
  active() {
    const id = api.trace.getActiveSpan()?.spanContext().spanId;
    if (id === undefined) return 'none';
    const place = this.spans.findIndex(({ span }) => span.spanContext().spanId === id);
    return place === -1 ? 'one that is not recorded' : `span ${place}`;
  }

  /** What was made since the last call, without what differs from run to run. */
  take(ports) {
    const spans = this.spans;
    const ids = spans.map(({ span }) => span.spanContext());
    this.spans = [];
    this.open = 0;
    return spans.map(({ span, name, kind, attributes, links, parent }) => ({
      startedAs: name,
      name: span.name,
      kind,
      startedWith: normal(attributes, ports),
      attributes: normal(span.attributes, ports),
      links,
      parent: parentName(parent, ids),
      trace: ids.findIndex(({ traceId }) => traceId === span.spanContext().traceId),
      flags: span.spanContext().traceFlags,
      state: span.spanContext().traceState?.serialize() ?? '',
      status: span.status,
      ended: span.ended,
      events: span.events.map((event) => ({
        name: event.name,
        type: event.attributes?.['exception.type'],
        message: event.attributes?.['exception.message'],
      })),
    }));
  }
}

function parentName(parent, ids) {
  if (parent === undefined) return 'none';
  const place = ids.findIndex(({ spanId }) => spanId === parent.spanId);
  return place === -1
    ? `${parent.isRemote ? 'remote' : 'local'} ${parent.traceId} ${parent.spanId}`
    : `span ${place}`;
}

function normal(attributes, ports) {
  const entries = Object.entries(attributes).map(([name, value]) => {
    if (name === 'network.peer.port') return [name, 'a port'];
    return [name, ports.includes(value) ? 'the server' : Number.isNaN(value) ? 'NaN' : value];
  });
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

const PACKAGE = '../../../packages/instrumentation/dist/cjs/index.js';
const recorder = new Recorder();
const reader = new Reader();

function instrumentation(options) {
  if (KIND === 'alone') return undefined;
  if (KIND === 'standard') {
    const { HttpInstrumentation } = fromSdk('@opentelemetry/instrumentation-http');
    return new HttpInstrumentation({ disableOutgoingRequestInstrumentation: true, ...options });
  }
  return ours(options);
}

function ours(options) {
  const { HttpServerInstrumentation } = require(PACKAGE);
  return new HttpServerInstrumentation(options);
}

/** Options for requests from now on. */
function configure(http, options = {}) {
  if (KIND === 'alone') return;
  http.setConfig(KIND === 'standard' ? { disableOutgoingRequestInstrumentation: true, ...options } : options);
}

let running;

/** What was accepted is sent before the process ends. */
const stop = () => running?.shutdown();

/** Instrumentations of frameworks find Cerberus where they look for an SDK. */
function startAlone(instrumentations) {
  running = require(PACKAGE).startCerberus({ strict: true });
  fromSdk('@opentelemetry/instrumentation').registerInstrumentations({ instrumentations });
  subscribe('http.server.request.start', ({ response }) => {
    recorder.open += 1;
    response.once('close', () => (recorder.open -= 1));
  });
  return running;
}

/** With Cerberus where its environment says where to. */
function start(http, others = []) {
  if (KIND === 'alone') return startAlone(others);
  const configuration = {
    instrumentations: [http, ...others],
    spanProcessors: [recorder],
    metricReaders: [reader],
    resourceDetectors: [],
    logRecordProcessors: [],
  };
  const isWatched = process.env.CERBERUS_WS_URL !== undefined;
  const sdk = new NodeSDK(
    isWatched ? require(PACKAGE).withCerberus(configuration, { strict: true }) : configuration,
  );
  sdk.start();
  running = sdk;
  return sdk;
}

async function takeMetrics() {
  if (KIND === 'alone') return [];
  const { resourceMetrics } = await reader.collect();
  return resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({
        name: descriptor.name,
        unit: descriptor.unit,
        description: descriptor.description,
        buckets: value.buckets.boundaries,
        attributes: normal(attributes, []),
        count: value.count,
      })),
    )
    .toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

module.exports = { api, configure, fromSdk, instrumentation, ours, recorder, start, stop, takeMetrics };
