import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import {
  isValidTraceId,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';
import { requestPath } from '@cerberus-otel/exporter-ws/internal';
import type { SdkSpan } from '../sdk/sdk-types.ts';
import { HTTP_ROUTE, STATUS_CODE } from './http-attributes.ts';
import { rpcMetadata } from './rpc-metadata.ts';

type HrTime = [seconds: number, nanos: number];

/**
 * A SERVER span that exists for Cerberus alone: with the attributes that HTTP instrumentation would give it (semantic
 * conventions for HTTP spans, 1.44), in nobody's context and nobody's traces.
 */
export class OwnSpan implements SdkSpan {
  readonly kind: SpanKind = SpanKind.SERVER;
  readonly attributes: Attributes;
  readonly startTime: HrTime = wallTime();
  readonly #started: bigint = process.hrtime.bigint();
  #duration: HrTime = [0, 0];
  #status: SpanStatusCode = SpanStatusCode.UNSET;
  #ended = false;
  #spanContext: SpanContext = { traceId: randomHex(16), spanId: randomHex(8), traceFlags: TraceFlags.NONE };

  constructor(request: IncomingMessage, socket: Socket) {
    this.attributes = attributesOf(request, socket);
  }

  get duration(): HrTime {
    return this.#duration;
  }

  get status(): { readonly code: SpanStatusCode } {
    return { code: this.#status };
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** In the trace of the span which somebody else made for the request, where there is one. The span id is always its own. */
  spanContext(): SpanContext {
    return this.#spanContext;
  }

  /** Takes what others know of the request as it is answered: the route, and under which trace it is known. */
  learnFrom(context: Context): void {
    const route = rpcMetadata(context)?.route;
    if (typeof route === 'string' && route !== '') this.attributes[HTTP_ROUTE] = route;
    const traceId = trace.getSpanContext(context)?.traceId;
    if (traceId !== undefined && isValidTraceId(traceId))
      this.#spanContext = { ...this.#spanContext, traceId };
  }

  /** The response is over. */
  end({ statusCode }: ServerResponse): void {
    const nanos = process.hrtime.bigint() - this.#started;
    this.#duration = [Number(nanos / 1_000_000_000n), Number(nanos % 1_000_000_000n)];
    this.attributes[STATUS_CODE] = statusCode;
    if (statusCode >= 500) {
      this.#status = SpanStatusCode.ERROR;
      this.attributes['error.type'] = String(statusCode);
    }
    this.#ended = true;
  }
}

function attributesOf(request: IncomingMessage, socket: Socket): Attributes {
  const attributes: Attributes = {
    'http.request.method': request.method ?? 'GET',
    'url.scheme': 'encrypted' in socket ? 'https' : 'http',
    'network.protocol.version': request.httpVersion,
  };
  const path = requestPath(request.url ?? '');
  if (path !== undefined) attributes['url.path'] = path;
  if (socket.remoteAddress !== undefined) attributes['network.peer.address'] = socket.remoteAddress;
  if (socket.remotePort !== undefined) attributes['network.peer.port'] = socket.remotePort;
  return attributes;
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

function wallTime(): HrTime {
  const millis = Date.now();
  return [Math.trunc(millis / 1000), (millis % 1000) * 1_000_000];
}
