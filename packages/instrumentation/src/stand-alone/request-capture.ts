import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ROOT_CONTEXT, SpanStatusCode, trace, type Context, type Exception } from '@opentelemetry/api';
import { createReporter } from '@cerberus-otel/exporter-ws/internal';
import { REQUEST_START, STREAM_START, type Announcement } from '../capture/announcements.ts';
import type { RequestStart } from '../capture/arrived-request.ts';
import { HTTP_ROUTE } from '../capture/http-attributes.ts';
import { endServerSpan, startServerSpan } from '../capture/own-server-span.ts';
import type { OwnSpan } from '../capture/own-span.ts';
import { Exchange, type Tracing } from '../http-server/exchange.ts';
import { isCall, isHttpRequest, requestOf, type StreamStart } from '../http-server/http2-requests.ts';
import { follow, followStream, isFollowed } from '../http-server/own-emit.ts';
import { RequestContext, type HttpMetadata } from '../http-server/request-context.ts';
import { HookFailures } from '../observe/hook-failures.ts';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import { readTraceContext, TRACEPARENT, TRACESTATE } from './trace-context.ts';
import { unseenCalls } from './unseen-calls.ts';
import { sayWhereHttp2IsUnseen } from './unseen-http2.ts';

interface Traced {
  readonly context: Context;
  readonly span: OwnSpan;
  readonly metadata: HttpMetadata;
}

/** Makes the SERVER span of each request without an SDK. */
class OwnTracing implements Tracing<Traced> {
  readonly #processor: SpanProcessorLike;

  constructor(processor: SpanProcessorLike) {
    this.#processor = processor;
  }

  suppressed(): undefined {
    return undefined;
  }

  start(start: RequestStart): Traced {
    const { headers } = start.request;
    const caller = readTraceContext(headers[TRACEPARENT], headers[TRACESTATE]);
    const parent = caller === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, caller);
    const span = startServerSpan(this.#processor, start, parent, caller);
    const metadata: HttpMetadata = { type: 'http', span };
    return { context: new RequestContext(parent, metadata), span, metadata };
  }

  finish({ span, metadata }: Traced, { response }: RequestStart): void {
    // Said by an instrumentation, also that there is none; what the framework itself keeps is asked for when the span ends.
    const { route } = metadata;
    if (route !== undefined) span.attributes[HTTP_ROUTE] = route;
    endServerSpan(span, response.statusCode);
  }

  /** Anything can be thrown, also what throws when it is looked at. */
  fail({ span }: Traced, error: Exception): void {
    span.setStatus({ code: SpanStatusCode.ERROR });
    try {
      const name = typeof error === 'object' && error !== null ? error.name : undefined;
      if (typeof name === 'string') span.setAttribute('error.type', name);
      span.recordException(error);
    } finally {
      span.end();
    }
  }
}

/**
 * Makes a SERVER span of every request that Node announces from now on, those of HTTP/2 among them, whoever else makes one too: within
 * it, theirs is one more of the same request.
 *
 * @param first what Node is saying at this moment, which whoever subscribes now does not hear
 * @returns what ends it
 */
export function captureRequests(processor: SpanProcessorLike, first?: Announcement): () => void {
  const tracing = new OwnTracing(processor);
  const reporter = createReporter('@cerberus-otel/instrumentation');
  const failures = new HookFailures(reporter);
  const sayOfCalls = unseenCalls(reporter);
  const stopWatching = sayWhereHttp2IsUnseen(reporter, first);
  const onStart = (message: unknown): void => {
    const start = message as RequestStart;
    try {
      if (!isFollowed(start.request)) follow(start, new Exchange(tracing, failures, start));
    } catch (error) {
      failures.add('arrival of a request', error);
    }
  };
  const onStream = (message: unknown): void => {
    const start = message as StreamStart;
    try {
      if (isFollowed(start.stream)) return;
      if (!isHttpRequest(start)) {
        if (isCall(start)) sayOfCalls();
        return;
      }
      followStream(start.stream, new Exchange(tracing, failures, requestOf(start)));
    } catch (error) {
      failures.add('arrival of a request', error);
    }
  };
  if (first?.channel === REQUEST_START) onStart(first.message);
  else if (first?.channel === STREAM_START) onStream(first.message);
  subscribe(REQUEST_START, onStart);
  subscribe(STREAM_START, onStream);
  return () => {
    stopWatching();
    unsubscribe(REQUEST_START, onStart);
    unsubscribe(STREAM_START, onStream);
  };
}
