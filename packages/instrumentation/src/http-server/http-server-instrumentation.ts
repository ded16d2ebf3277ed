import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { metrics, trace, type MeterProvider, type TracerProvider } from '@opentelemetry/api';
import { announce, createReporter, VERSION } from '@cerberus-otel/exporter-ws/internal';
import { REQUEST_START, STREAM_START } from '../capture/announcements.ts';
import type { RequestStart } from '../capture/arrived-request.ts';
import { HookFailures } from '../observe/hook-failures.ts';
import { listenToFrameworks } from '../routes/listening.ts';
import { patchFrameworks } from '../routes/patching.ts';
import { countAtWork } from './at-work.ts';
import { Exchange } from './exchange.ts';
import { announcesStreams, isHttpRequest, requestOf, type StreamStart } from './http2-requests.ts';
import { readHttpServerOptions, type HttpServerInstrumentationConfig } from './options.ts';
import { follow, followStream, isFollowed, isPatched } from './own-emit.ts';
import { RequestDuration } from './request-duration.ts';
import { RequestTracing } from './request-tracing.ts';

const NAME = '@cerberus-otel/instrumentation';

/**
 * Makes the SERVER spans of `node:http` and `node:https`, and the metric `http.server.request.duration`, in place of the incoming half
 * of HttpInstrumentation: at a fraction of its cost, from what Node says in `diagnostics_channel`. Patches no module, so it needs no
 * loader hook for ES modules and no order of loading, and sees servers made before it.
 *
 * For `instrumentations` of NodeSDK or `registerInstrumentations`, SDK 2 and 3. Stays passive where HttpInstrumentation traces incoming
 * requests too, and says so once. After its construction nothing throws but `setConfig`.
 *
 * @throws CerberusConfigError for options that cannot work
 */
export class HttpServerInstrumentation {
  readonly instrumentationName: string = NAME;
  readonly instrumentationVersion: string = VERSION;
  readonly #reporter = createReporter(NAME);
  readonly #failures = new HookFailures(this.#reporter);
  readonly #onStart = (message: unknown): void => this.#arrived(message as RequestStart);
  readonly #onStream = (message: unknown): void => this.#opened(message as StreamStart);
  #config: HttpServerInstrumentationConfig;
  #tracing: RequestTracing;
  #tracer = trace.getTracer(NAME, VERSION);
  #duration = new RequestDuration(metrics.getMeterProvider(), NAME, VERSION);
  #isEnabled = false;
  #stopListening: () => void = noop;
  #unpatch: () => void = noop;
  #hasSaidPassive = false;
  #hasSaidDeaf = false;

  constructor(config: HttpServerInstrumentationConfig = {}) {
    const { enabled } = readHttpServerOptions(config);
    this.#config = { ...config, enabled };
    this.#tracing = this.#traceAnew();
    if (enabled) this.enable();
  }

  /** Follows requests that arrive from now on. */
  enable(): void {
    if (this.#isEnabled) return;
    this.#isEnabled = true;
    countAtWork(1);
    announce('httpServer', this.#config);
    this.#sayDeaf();
    subscribe(REQUEST_START, this.#onStart);
    subscribe(STREAM_START, this.#onStream);
    this.#stopListening = listenToFrameworks();
    this.#patch();
  }

  /** Follows no further requests; those under way get their spans. */
  disable(): void {
    if (this.#isEnabled) countAtWork(-1);
    this.#isEnabled = false;
    unsubscribe(REQUEST_START, this.#onStart);
    unsubscribe(STREAM_START, this.#onStream);
    this.#stopListening();
    this.#stopListening = noop;
    this.#unpatch();
    this.#unpatch = noop;
  }

  setTracerProvider(provider: TracerProvider): void {
    this.#tracer = provider.getTracer(NAME, VERSION);
    this.#tracing = this.#traceAnew();
  }

  setMeterProvider(provider: MeterProvider): void {
    this.#duration = new RequestDuration(provider, NAME, VERSION);
    this.#tracing = this.#traceAnew();
  }

  /**
   * Replaces all options, for requests that arrive from now on. `enabled` is only looked at by who puts it to work.
   *
   * @throws CerberusConfigError for options that cannot work; the former stay
   */
  setConfig(config: HttpServerInstrumentationConfig = {}): void {
    const { enabled } = readHttpServerOptions(config);
    this.#config = { ...config, enabled };
    this.#tracing = this.#traceAnew();
    if (!this.#isEnabled) return;
    this.#sayDeaf();
    this.#patch();
  }

  getConfig(): HttpServerInstrumentationConfig {
    return this.#config;
  }

  #traceAnew(): RequestTracing {
    const instruments = { tracer: this.#tracer, duration: this.#duration };
    return new RequestTracing(readHttpServerOptions(this.#config), instruments, this.#failures);
  }

  /** As the options say now. */
  #patch(): void {
    this.#unpatch();
    this.#unpatch = patchFrameworks(readHttpServerOptions(this.#config).patchRoutes);
  }

  /** Once, although it is so for every request. */
  #sayPassive(): void {
    if (this.#hasSaidPassive) return;
    this.#hasSaidPassive = true;
    this.#reporter.condition('CERBERUS_TWO_HTTP_INSTRUMENTATIONS', STAYS_PASSIVE);
  }

  #arrived(start: RequestStart): void {
    try {
      if (isFollowed(start.request)) return;
      if (isPatched(start.server)) this.#sayPassive();
      else follow(start, new Exchange(this.#tracing, this.#failures, start));
    } catch (error) {
      this.#failures.add('arrival of a request', error);
    }
  }

  #opened(start: StreamStart): void {
    if (this.#config.http2 !== true) return;
    try {
      if (isFollowed(start.stream) || !isHttpRequest(start)) return;
      const exchange = new Exchange(this.#tracing, this.#failures, requestOf(start));
      followStream(start.stream, exchange);
    } catch (error) {
      this.#failures.add('arrival of a request', error);
    }
  }

  /** Once: it is asked for what this Node.js does not announce. */
  #sayDeaf(): void {
    if (this.#hasSaidDeaf || this.#config.http2 !== true || announcesStreams()) return;
    this.#hasSaidDeaf = true;
    this.#reporter.condition('CERBERUS_RUNTIME', NEEDS_NODE_22);
  }
}

function noop(): void {
  // Nothing is listened to.
}

const NEEDS_NODE_22 =
  '`http2` of HttpServerInstrumentation needs Node.js 22.17, 24.2 or later: before, Node announces no requests of HTTP/2, so they get ' +
  'no spans; those of HTTP/1 do';

const STAYS_PASSIVE =
  'HttpInstrumentation traces incoming requests too, so HttpServerInstrumentation does not: every request has one span. Use one of ' +
  'them: give HttpInstrumentation `disableIncomingRequestInstrumentation: true`, or leave HttpServerInstrumentation out';
