import type { IncomingMessage } from 'node:http';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  INVALID_SPAN_CONTEXT,
  type Attributes,
  type Context,
  type Exception,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { suppressTracing } from '@cerberus-otel/exporter-ws/internal';
import { HTTP_ROUTE, STATUS_CODE } from '../capture/http-attributes.ts';
import type { RequestStart } from '../capture/arrived-request.ts';
import { whileServing } from '../capture/serving.ts';
import { isPromised } from '../enrich/promised.ts';
import type { HookFailures } from '../observe/hook-failures.ts';
import { routeOf } from '../routes/route-of.ts';
import type { Tracing } from './exchange.ts';
import { headerCapture } from './header-capture.ts';
import { REDACTED_PARAMETERS, type HttpServerConfig, type HttpServerHooks } from './options.ts';
import { requestAttributes, type AttributeRules } from './request-attributes.ts';
import { RequestContext, type HttpMetadata } from './request-context.ts';
import type { Measured, RequestDuration } from './request-duration.ts';
import { targetReader } from './request-target.ts';

const ERROR_TYPE = 'error.type';

/** What they give is used at once. */
const ASKED: ReadonlySet<keyof HttpServerHooks> = new Set([
  'ignoreIncomingRequestHook',
  'startIncomingSpanHook',
]);

/** Where spans and durations go. */
export interface Instruments {
  readonly tracer: Tracer;
  readonly duration: RequestDuration;
}

/** A request whose span has started. */
export interface TracedRequest {
  readonly context: Context;
  readonly metadata: HttpMetadata;
  /** For the metric, where somebody wants it. */
  readonly measured: Measured | undefined;
}

/** Makes the SERVER span and the duration of each request, as instrumentation-http does. Applies the options of one configuration. */
export class RequestTracing implements Tracing<TracedRequest> {
  readonly #config: HttpServerConfig;
  readonly #instruments: Instruments;
  readonly #failures: HookFailures;
  readonly #rules: AttributeRules;
  readonly #captureRequestHeaders: ReturnType<typeof headerCapture>;
  readonly #captureResponseHeaders: ReturnType<typeof headerCapture>;

  constructor(config: HttpServerConfig, instruments: Instruments, failures: HookFailures) {
    this.#config = config;
    this.#instruments = instruments;
    this.#failures = failures;
    this.#rules = {
      readTarget: targetReader(config.redactedQueryParamsServer ?? REDACTED_PARAMETERS),
      enableSyntheticSourceDetection: config.enableSyntheticSourceDetection,
    };
    const { requestHeaders, responseHeaders } = config.headersToSpanAttributes?.server ?? {};
    this.#captureRequestHeaders = headerCapture('request', requestHeaders);
    this.#captureResponseHeaders = headerCapture('response', responseHeaders);
  }

  /** The context of a request that the application wants no span for; undefined for all others. */
  suppressed({ request }: RequestStart): Context | undefined {
    if (this.#config.ignoreIncomingRequestHook === undefined) return undefined;
    return this.#call('ignoreIncomingRequestHook', request) ? suppressTracing(context.active()) : undefined;
  }

  start(start: RequestStart): TracedRequest {
    const { request, response, socket } = start;
    const attributes = requestAttributes(request, socket, this.#rules);
    if (this.#config.startIncomingSpanHook !== undefined) this.#addFromHook(attributes, request);
    this.#captureRequestHeaders(attributes, (name) => request.headers[name]);
    const measured = this.#instruments.duration.begin(attributes);
    const parent = propagation.extract(ROOT_CONTEXT, request.headers);
    const span = whileServing(start, () => this.#startSpan(request.method ?? 'GET', attributes, parent));
    const metadata: HttpMetadata = { type: 'http', span };
    const within = new RequestContext(parent, metadata);
    if (this.#config.requestHook !== undefined || this.#config.responseHook !== undefined) {
      context.with(within, () => {
        this.#call('requestHook', span, request);
        this.#call('responseHook', span, response);
      });
    }
    return { context: within, metadata, measured };
  }

  #addFromHook(attributes: Attributes, request: IncomingMessage): void {
    const added = this.#call('startIncomingSpanHook', request);
    this.#guarded('startIncomingSpanHook', () => Object.assign(attributes, added));
  }

  /** The response is over. */
  finish(traced: TracedRequest, start: RequestStart): void {
    try {
      this.#describeEnd(traced, start);
    } finally {
      this.#end(traced);
    }
  }

  #describeEnd(traced: TracedRequest, { request, response }: RequestStart): void {
    const { span } = traced.metadata;
    const { statusCode } = response;
    // An instrumentation that names routes has the last word, also when it says that there is none.
    const route = 'route' in traced.metadata ? traced.metadata.route : routeOf(request, statusCode);
    const attributes: Attributes = {};
    this.#captureResponseHeaders(attributes, (name) => response.getHeader(name));
    attributes[STATUS_CODE] = statusCode;
    if (route !== undefined) attributes[HTTP_ROUTE] = route;
    const isRegular = statusCode >= 100 && statusCode < 500;
    if (statusCode >= 500 && statusCode < 600) attributes[ERROR_TYPE] = String(statusCode);
    span.setAttributes(attributes);
    span.setStatus({ code: isRegular ? SpanStatusCode.UNSET : SpanStatusCode.ERROR });
    if (route !== undefined && route !== '') span.updateName(`${request.method ?? 'GET'} ${route}`);
    if (this.#config.applyCustomAttributesOnSpan !== undefined)
      context.with(traced.context, () => this.#call('applyCustomAttributesOnSpan', span, request, response));
    if (traced.measured !== undefined)
      for (const name of [HTTP_ROUTE, STATUS_CODE, ERROR_TYPE]) {
        const value = attributes[name];
        if (value !== undefined && value !== 0) traced.measured.attributes[name] = value;
      }
  }

  /** The handler threw, or the response emitted `error`; anything can be thrown, also what throws when it is looked at. */
  fail(traced: TracedRequest, error: Exception): void {
    try {
      this.#describeFailure(traced, error);
    } finally {
      this.#end(traced);
    }
  }

  #describeFailure(traced: TracedRequest, error: Exception): void {
    const { span } = traced.metadata;
    const { name, message } = describe(error);
    if (name !== undefined) {
      span.setAttribute(ERROR_TYPE, name);
      if (traced.measured !== undefined) traced.measured.attributes[ERROR_TYPE] = name;
    }
    span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
    span.recordException(error);
  }

  #startSpan(method: string, attributes: Attributes, parent: Context): Span {
    if (this.#config.requireParentforIncomingSpans) {
      // Handed on without recording anything. From outside comes a remote parent or none.
      const remote = trace.getSpan(parent);
      const isValid = remote !== undefined && trace.isSpanContextValid(remote.spanContext());
      return isValid ? remote : trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    }
    return this.#instruments.tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
  }

  #end(traced: TracedRequest): void {
    traced.metadata.span.end();
    this.#instruments.duration.end(traced.measured, traced.context);
  }

  #call<Name extends keyof HttpServerHooks>(
    name: Name,
    ...args: Parameters<HttpServerHooks[Name]>
  ): ReturnType<HttpServerHooks[Name]> | undefined {
    const hook = this.#config[name] as
      | ((...all: typeof args) => ReturnType<HttpServerHooks[Name]>)
      | undefined;
    if (hook === undefined) return undefined;
    return this.#guarded(name, () => {
      const result: unknown = hook(...args);
      if (!isPromised(result, (error) => this.#failures.add(name, error)))
        return result as ReturnType<HttpServerHooks[Name]>;
      if (ASKED.has(name)) throw new TypeError('a promise in the place of an answer');
      return undefined;
    });
  }

  #guarded<T>(hook: keyof HttpServerHooks, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#failures.add(hook, error);
      return undefined;
    }
  }
}

interface Described {
  readonly name?: string;
  readonly message?: string;
}

function describe(error: unknown): Described {
  if (typeof error !== 'object' || error === null) return {};
  try {
    const { name, message } = error as Described;
    return { ...(name !== undefined && { name }), ...(message !== undefined && { message }) };
  } catch {
    return {};
  }
}
