import type { Attributes } from '@opentelemetry/api';
import { CERBERUS_ATTRIBUTE } from './attributes.ts';
import { integerIn } from './integer.ts';

/** Who asked, where it was no person or program that is served: something that crawls, or something that tests. */
export type SyntheticType = 'bot' | 'test';

/** What some requests say beside what every event has (semantic conventions for HTTP spans); each absent where nothing says it. */
export interface RequestDetails {
  /** The class of what went wrong, or a status where no class is known. */
  readonly errorType: string | undefined;
  /** `http.request.body.size` in bytes. */
  readonly requestBodySize: number | undefined;
  /** `http.response.body.size` in bytes. */
  readonly responseBodySize: number | undefined;
  /** `network.protocol.version`, where it is not 1.1. */
  readonly protocolVersion: string | undefined;
  /** `user_agent.synthetic.type`. */
  readonly syntheticType: SyntheticType | undefined;
}

/** A status, or a name as classes and system errors have one. A message has spaces, an address four numbers with dots, or dashes in a host's name. */
const ERROR_TYPE = /^(?:\d{3}|(?!.*\d[.-]\d{1,3}[.-]\d{1,3}[.-]\d)[A-Za-z_$][\w.$-]{0,127})$/;
const STATUS = /^\d{3}$/;
const PROTOCOL_VERSION = /^\d(?:\.\d)?$/;

/** @param isOld the span has the names that the semantic conventions had before they were stable */
export function requestDetails(attributes: Attributes, isError: boolean, isOld: boolean): RequestDetails {
  return {
    errorType: isError ? errorTypeOf(attributes) : undefined,
    requestBodySize:
      size(attributes[CERBERUS_ATTRIBUTE.requestBodySize] ?? attributes['http.request.body.size']) ??
      (isOld ? size(attributes['http.request_content_length']) : undefined),
    responseBodySize:
      size(attributes[CERBERUS_ATTRIBUTE.responseBodySize] ?? attributes['http.response.body.size']) ??
      (isOld ? size(attributes['http.response_content_length']) : undefined),
    protocolVersion: versionOf(attributes[isOld ? 'http.flavor' : 'network.protocol.version']),
    syntheticType: syntheticType(
      attributes[CERBERUS_ATTRIBUTE.syntheticType] ?? attributes['user_agent.synthetic.type'],
    ),
  };
}

/** Of a span of a request that failed; never a text that could be a message. A class says more than a status, which the event has. */
export function errorTypeOf(attributes: Attributes): string | undefined {
  const named = errorType(attributes['error.type']);
  if (named !== undefined && !STATUS.test(named)) return named;
  return (
    errorType(attributes[CERBERUS_ATTRIBUTE.errorType]) ?? named ?? errorType(attributes['http.error_name'])
  );
}

function errorType(value: unknown): string | undefined {
  return typeof value === 'string' && ERROR_TYPE.test(value) ? value : undefined;
}

function size(value: unknown): number | undefined {
  const bytes = integerIn(value);
  return bytes === undefined || bytes < 0 ? undefined : bytes;
}

function versionOf(value: unknown): string | undefined {
  // What nearly every request has is not to cost a tenth of every event's bytes.
  if (value === '1.1') return undefined;
  return typeof value === 'string' && PROTOCOL_VERSION.test(value) ? value : undefined;
}

function syntheticType(value: unknown): SyntheticType | undefined {
  return value === 'bot' || value === 'test' ? value : undefined;
}
