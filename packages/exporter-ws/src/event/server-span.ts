import type { Attributes } from '@opentelemetry/api';
import type { ExporterConfig } from '../config/config.ts';
import { CERBERUS_ATTRIBUTE } from './attributes.ts';
import type { CerberusEvent, Outcome } from './cerberus-event.ts';
import { integerIn } from './integer.ts';
import { requestDetails } from './request-details.ts';
import { requestPath, routeTemplate } from './request-path.ts';
import { pseudonymIn, sourceIpOf } from './source-ip.ts';
import { KIND_SERVER, STATUS_ERROR, type FinishedSpan } from './span.ts';

export type TranslateConfig = Pick<ExporterConfig, 'endpointFrom' | 'captureUserAgent' | 'allowRawSourceIp'>;

/**
 * A SERVER span with an HTTP method becomes one event; anything else is not an HTTP request and gives undefined, as does
 * one that the processor was told to ignore.
 *
 * Reads an allow-list of attributes, none of which holds an address, a query, a header or a body; the older names
 * of the semantic conventions by presence. The one exception is asked for by name: `captureUserAgent`.
 */
export function translateServerSpan(span: FinishedSpan, config: TranslateConfig): CerberusEvent | undefined {
  if (span.kind !== KIND_SERVER) return undefined;
  const { attributes } = span;
  if (attributes[CERBERUS_ATTRIBUTE.ignored] === true) return undefined;
  const method = methodOf(attributes);
  if (method === undefined) return undefined;
  const { traceId, spanId } = span.spanContext();
  const statusCode = integerIn(attributes['http.response.status_code'] ?? attributes['http.status_code']);
  const route = routeOf(attributes);
  const outcome = outcomeOf(attributes, statusCode, span.status.code);
  const details = requestDetails(attributes, outcome === 'error', attributes['http.method'] !== undefined);
  return {
    sourceIp: sourceIpOf(attributes[CERBERUS_ATTRIBUTE.sourceIp], config.allowRawSourceIp),
    endpoint: config.endpointFrom === 'route' ? (route ?? '') : endpointOf(attributes),
    scheme: schemeOf(attributes) === 'https',
    method,
    attributes,
    startTime: span.startTime,
    statusCode,
    duration: span.duration,
    route,
    outcome,
    userId: nonEmpty(attributes[CERBERUS_ATTRIBUTE.userId]),
    consumer: pseudonymIn(attributes[CERBERUS_ATTRIBUTE.consumer]),
    consumerGroup: nonEmpty(attributes[CERBERUS_ATTRIBUTE.consumerGroup]),
    consumerLabel: nonEmpty(attributes[CERBERUS_ATTRIBUTE.consumerLabel]),
    userAgent: config.captureUserAgent ? userAgentOf(attributes) : undefined,
    traceId,
    spanId,
    errorType: details.errorType,
    requestBodySize: details.requestBodySize,
    responseBodySize: details.responseBodySize,
    protocolVersion: details.protocolVersion,
    syntheticType: details.syntheticType,
  };
}

/** True when the span passed through `CerberusSpanProcessor`, which always sets an outcome. */
export function isEnriched(span: FinishedSpan): boolean {
  return span.attributes[CERBERUS_ATTRIBUTE.outcome] !== undefined;
}

/** A text that says something. */
export function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function methodOf(attributes: Attributes): string | undefined {
  const stable = attributes['http.request.method'];
  const method = stable === '_OTHER' ? (attributes['http.request.method_original'] ?? stable) : stable;
  return nonEmpty(method ?? attributes['http.method']);
}

function endpointOf(attributes: Attributes): string {
  const path =
    pathOf(attributes[CERBERUS_ATTRIBUTE.endpoint]) ??
    pathOf(attributes['url.path']) ??
    pathOf(attributes['http.target']) ??
    pathOf(attributes['http.url']);
  return path ?? routeOf(attributes) ?? '';
}

function routeOf(attributes: Attributes): string | undefined {
  const route = nonEmpty(attributes['http.route']) ?? nonEmpty(attributes[CERBERUS_ATTRIBUTE.route]);
  return route === undefined ? undefined : nonEmpty(routeTemplate(route));
}

function pathOf(target: unknown): string | undefined {
  return typeof target === 'string' ? requestPath(target) : undefined;
}

function schemeOf(attributes: Attributes): unknown {
  return attributes[CERBERUS_ATTRIBUTE.scheme] ?? attributes['url.scheme'] ?? attributes['http.scheme'];
}

function outcomeOf(attributes: Attributes, statusCode: number | undefined, spanStatus: number): Outcome {
  const outcome = attributes[CERBERUS_ATTRIBUTE.outcome];
  if (outcome === 'completed' || outcome === 'aborted' || outcome === 'error') return outcome;
  return (statusCode ?? 0) >= 500 || spanStatus === STATUS_ERROR ? 'error' : 'completed';
}

function userAgentOf(attributes: Attributes): string | undefined {
  return nonEmpty(attributes['user_agent.original'] ?? attributes['http.user_agent']);
}
