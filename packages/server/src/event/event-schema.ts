import { CUSTOM_DATA_LIMITS, MAX_METRIC_NUMBER } from './custom-data.ts';
import { OUTCOMES, SYNTHETIC_TYPES } from './event.ts';
import { MAX_NAME_CHARACTERS } from './short-text.ts';
import { RFC_3339 } from './timestamps.ts';
import {
  ERROR_TYPE,
  HEX_DIGITS,
  MAX_BODY_BYTES,
  MAX_ID_NUMBER,
  MAX_LATENCY_MILLIS,
  MAX_STATUS,
  PROTOCOL_VERSION,
  TEXT_LIMITS,
} from './validation.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const hex = (digits: number): string => `^[0-9a-f]{${digits}}$`;
const nullable = (...types: readonly string[]): JsonSchema => ({ type: [...types, 'null'] });
const text = (maxBytes: number): JsonSchema => ({ type: ['string', 'null'], maxLength: maxBytes });
const identifier = (maxBytes: number): JsonSchema => ({
  type: ['string', 'number', 'null'],
  maxLength: maxBytes,
  minimum: -MAX_ID_NUMBER,
  maximum: MAX_ID_NUMBER,
});
/** As `shortText` takes it. */
const shortName = {
  type: ['string', 'null'],
  minLength: 1,
  maxLength: MAX_NAME_CHARACTERS,
  pattern: '^[^\\u0000]*$',
};
/** As `routeTemplate` leaves it: no URL, and no query with a value. */
const ROUTE_PATTERN = '^(?![A-Za-z][A-Za-z0-9_+.-]*://)(?![\\s\\S]*\\?[A-Za-z0-9_.~%+&;\\[\\]-]+=)';
const size = { type: ['integer', 'null'], minimum: 0, maximum: MAX_BODY_BYTES };

/** The address is `source_ip`; only where that is null or not there, `remote_addr` is looked at. */
function addressed(address: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: { source_ip: address },
    if: { type: 'object', properties: { source_ip: { type: 'null' } } },
    // oxlint-disable-next-line unicorn/no-thenable -- It is the name of a keyword.
    then: { type: 'object', properties: { remote_addr: address } },
  };
}

/** What makes an event acceptable: {@link validateEvent}, as far as a JSON Schema can tell, which is all of it. */
export function takenEvent(): JsonSchema {
  return {
    title: 'Event',
    description:
      'What is taken of one request. `endpoint` and `method` are needed, and what has a name here must have its type; any other member is ignored. What is taken and cannot be used is left out, and a text over its limit is cut: `keptEvent` says what is kept as it is.',
    type: 'object',
    required: ['endpoint', 'method'],
    allOf: [addressed(nullable('string'))],
    properties: {
      source_ip: {
        description: 'HMAC-SHA256 of the client address, 64 lower-case hex digits; never an address.',
      },
      remote_addr: { description: 'Another name of `source_ip`, for senders that use it.' },
      endpoint: {
        description: 'Path of the request, without a query; empty where none is sent.',
        type: 'string',
      },
      scheme: { description: 'True: the request came over HTTPS.', ...nullable('boolean') },
      method: { description: 'HTTP method.', type: 'string', minLength: 1 },
      custom_data: { description: "The application's metrics.", ...nullable('object') },
      timestamp: {
        description: 'When the request began, RFC 3339; UTC where it has no offset.',
        ...nullable('string'),
      },
      status_code: { description: 'HTTP status.', ...nullable('number') },
      latency_ms: { description: 'Milliseconds.', ...nullable('number') },
      route: { description: 'Route template, such as `/users/:id`.', ...nullable('string') },
      outcome: { description: 'How it ended, as the client saw it.', ...nullable('string') },
      user_id: {
        description: 'A pseudonym of the user, or a number below 2^53.',
        ...nullable('string', 'number'),
      },
      user_agent: nullable('string'),
      trace_id: { description: '32 lower-case hex digits.', ...nullable('string') },
      span_id: { description: '16 lower-case hex digits.', ...nullable('string') },
      session_id: nullable('string', 'number'),
      sample_rate: { description: 'Share of requests that was recorded, 0 to 1.', ...nullable('number') },
      error_type: { description: 'Class of the error, or a status; never a message.' },
      request_body_size: { description: 'Bytes.' },
      response_body_size: { description: 'Bytes.' },
      network_protocol_version: { description: 'Of HTTP, such as `2`.' },
      user_agent_synthetic_type: {
        description: 'What asks without being a person or a program that is served.',
      },
      service_version: { description: '`service.version` of what served it; else that of the connection.' },
      deployment_environment: { description: '`deployment.environment.name`; likewise.' },
      consumer: { description: 'Pseudonym of whom it was served for: a customer, an API key.' },
      consumer_group: { description: 'What that belongs to, such as a plan.' },
      consumer_label: { description: 'What people call it.' },
    },
  };
}

/**
 * What is stored as it is. A schema counts characters where the limits are bytes, and knows neither calendars, nor the size and the
 * depth of `custom_data`, nor what time it is.
 */
export function keptEvent(): JsonSchema {
  return {
    title: 'Event that is kept as it is',
    description:
      'Of which nothing is cut or left out, but for what a schema cannot tell: the limits of texts are bytes of UTF-8, not characters; a day must be one; a time must be plausible when it arrives; `custom_data` has a limit of bytes and of depth.',
    type: 'object',
    allOf: [
      { $ref: '#/$defs/event' },
      addressed({ type: ['string', 'null'], pattern: hex(HEX_DIGITS.hash) }),
    ],
    properties: {
      endpoint: {
        type: 'string',
        maxLength: TEXT_LIMITS.path,
        pattern: '^(?![A-Za-z][A-Za-z0-9_+.-]*://)[^?#]*$',
      },
      method: { type: 'string', maxLength: TEXT_LIMITS.method },
      custom_data: {
        type: ['object', 'null'],
        maxProperties: CUSTOM_DATA_LIMITS.metrics,
        propertyNames: { type: 'string', minLength: 1, maxLength: CUSTOM_DATA_LIMITS.keyBytes },
        additionalProperties: {
          type: ['number', 'string', 'boolean', 'object', 'array', 'null'],
          minimum: -MAX_METRIC_NUMBER,
          maximum: MAX_METRIC_NUMBER,
        },
      },
      timestamp: { type: ['string', 'null'], pattern: RFC_3339.source },
      status_code: { type: ['integer', 'null'], minimum: 0, maximum: MAX_STATUS },
      latency_ms: { type: ['number', 'null'], minimum: 0, maximum: MAX_LATENCY_MILLIS },
      route: { ...text(TEXT_LIMITS.path), pattern: ROUTE_PATTERN },
      outcome: { enum: [...OUTCOMES, null] },
      user_id: identifier(TEXT_LIMITS.userId),
      user_agent: text(TEXT_LIMITS.userAgent),
      trace_id: { type: ['string', 'null'], pattern: hex(HEX_DIGITS.traceId) },
      span_id: { type: ['string', 'null'], pattern: hex(HEX_DIGITS.spanId) },
      session_id: identifier(TEXT_LIMITS.sessionId),
      sample_rate: { type: ['number', 'null'], minimum: 0, maximum: 1 },
      error_type: { type: ['string', 'null'], pattern: ERROR_TYPE.source },
      request_body_size: size,
      response_body_size: size,
      network_protocol_version: { type: ['string', 'null'], pattern: PROTOCOL_VERSION.source },
      user_agent_synthetic_type: { enum: [...SYNTHETIC_TYPES, null] },
      service_version: shortName,
      deployment_environment: shortName,
      consumer: shortName,
      consumer_group: shortName,
      consumer_label: shortName,
    },
  };
}
