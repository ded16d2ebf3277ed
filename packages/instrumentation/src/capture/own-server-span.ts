import type { IncomingMessage } from 'node:http';
import {
  SpanKind,
  SpanStatusCode,
  type Attributes,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';
import { requestPath } from '@cerberus-otel/exporter-ws/internal';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import type { RequestStart } from './arrived-request.ts';
import { STATUS_CODE } from './http-attributes.ts';
import { OwnSpan } from './own-span.ts';
import { resolvedPath } from './request-agreement.ts';
import { whileServing } from './serving.ts';

/**
 * Starts the SERVER span of a request for Cerberus alone. It has what only an instrumentation can tell (semantic conventions for
 * HTTP spans, 1.44); path, scheme and client are in the record that hangs on it.
 *
 * @param parent the caller's span, where it named one
 */
export function startServerSpan(
  processor: SpanProcessorLike,
  start: RequestStart,
  context: Context,
  parent?: SpanContext,
): OwnSpan {
  const { method = 'GET' } = start.request;
  const span = new OwnSpan(processor, {
    name: method,
    kind: SpanKind.SERVER,
    attributes: attributesOf(start.request, method),
    parent,
  });
  whileServing(start, () => processor.onStart(span, context));
  return span;
}

/** Ends it as the response has ended. */
export function endServerSpan(span: OwnSpan, statusCode: number): void {
  span.attributes[STATUS_CODE] = statusCode;
  if (statusCode >= 500 && statusCode < 600) span.attributes['error.type'] ??= String(statusCode);
  const isRegular = statusCode >= 100 && statusCode < 500;
  if (!isRegular) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function attributesOf({ url = '', httpVersion, headers }: IncomingMessage, method: string): Attributes {
  const attributes: Attributes = {
    'http.request.method': method,
    'network.protocol.version': httpVersion === '2.0' ? '2' : httpVersion,
  };
  const userAgent = headers['user-agent'];
  if (userAgent !== undefined) attributes['user_agent.original'] = userAgent;
  // Targets of another form than a path have one all the same.
  const path = requestPath(url) === undefined ? resolvedPath(url) : undefined;
  if (path !== undefined) attributes['url.path'] = path;
  return attributes;
}
