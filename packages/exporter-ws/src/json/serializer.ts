import type { ExporterConfig } from '../config/config.ts';
import type { CerberusEvent, Outcome } from '../event/cerberus-event.ts';
import type { RequestDetails, SyntheticType } from '../event/request-details.ts';
import { isHashed, type SourceIp } from '../event/source-ip.ts';
import { writeCustomData, type MetricLosses } from './custom-data.ts';
import { CLOSE_BRACE, JsonWriter } from './json-writer.ts';
import { writeMillis, writeTimestamp } from './span-time.ts';

export type SerializeConfig = Pick<ExporterConfig, 'extendedFields' | 'sourceIpField'>;

/** Of a path and of a route. */
const MAX_PATH_BYTES = 2 * 1024;
const MAX_STRING_BYTES = 1024;
const MAX_METHOD_BYTES = 64;
/** As `setConsumer` takes them: 128 characters. */
const MAX_CONSUMER_BYTES = 512;
/** Longer than a trace id, for ids that are not what they should be. */
const MAX_ID_BYTES = 64;

const NULL = Buffer.from('null');
const ENDPOINT = Buffer.from(',"endpoint":');
/** By whether the request came over HTTPS. */
const METHOD = {
  plain: Buffer.from(',"scheme":false,"method":'),
  secure: Buffer.from(',"scheme":true,"method":'),
};
const CUSTOM_DATA = Buffer.from(',"custom_data":');
const TIMESTAMP = Buffer.from(',"timestamp":');
const STATUS_CODE = Buffer.from(',"status_code":');
const LATENCY = Buffer.from(',"latency_ms":');
const ROUTE = Buffer.from(',"route":');
const OUTCOME: Readonly<Record<Outcome, Uint8Array>> = {
  completed: Buffer.from(',"outcome":"completed"'),
  aborted: Buffer.from(',"outcome":"aborted"'),
  error: Buffer.from(',"outcome":"error"'),
};
const USER_ID = Buffer.from(',"user_id":');
const USER_AGENT = Buffer.from(',"user_agent":');
const TRACE_ID = Buffer.from(',"trace_id":');
const SPAN_ID = Buffer.from(',"span_id":');
const CONSUMER = Buffer.from(',"consumer":');
const CONSUMER_GROUP = Buffer.from(',"consumer_group":');
const CONSUMER_LABEL = Buffer.from(',"consumer_label":');
const ERROR_TYPE = Buffer.from(',"error_type":');
const REQUEST_BODY_SIZE = Buffer.from(',"request_body_size":');
const RESPONSE_BODY_SIZE = Buffer.from(',"response_body_size":');
const PROTOCOL_VERSION = Buffer.from(',"network_protocol_version":');
const SYNTHETIC: Readonly<Record<SyntheticType, Uint8Array>> = {
  bot: Buffer.from(',"user_agent_synthetic_type":"bot"'),
  test: Buffer.from(',"user_agent_synthetic_type":"test"'),
};

/**
 * Writes events as JSON without credentials, members in the order of PROTOCOL.md. A member without a value is left out,
 * except the address, which is then null.
 *
 * The constant pieces are encoded once and copied; an event makes neither a text nor another object.
 */
export class Serializer {
  /** What the limits took from the metrics of the latest event. */
  readonly losses: MetricLosses = { dropped: 0, cut: 0 };
  readonly #out = new JsonWriter();
  readonly #head: Uint8Array;
  readonly #extended: boolean;

  constructor(config: SerializeConfig) {
    this.#head = Buffer.from(`{"${config.sourceIpField}":`);
    this.#extended = config.extendedFields;
  }

  /**
   * Writes an event into `bytes`, beginning at `start`.
   *
   * @returns where it ends; past the end of `bytes` if it does not fit, and then `bytes` does not hold all of it
   * @throws RangeError for an event whose times are none
   */
  readonly write = (event: CerberusEvent, bytes: Buffer, start: number): number => {
    const out = this.#out;
    out.start(bytes, start);
    out.encoded(this.#head);
    writeAddress(out, event.sourceIp);
    out.encoded(ENDPOINT);
    out.string(event.endpoint, MAX_PATH_BYTES);
    out.encoded(event.scheme ? METHOD.secure : METHOD.plain);
    out.string(event.method, MAX_METHOD_BYTES);
    out.encoded(CUSTOM_DATA);
    this.losses.dropped = 0;
    this.losses.cut = 0;
    writeCustomData(out, event.attributes, this.losses);
    if (this.#extended) writeExtendedFields(out, event);
    out.byte(CLOSE_BRACE);
    return out.position;
  };
}

function writeAddress(out: JsonWriter, sourceIp: SourceIp | null): void {
  if (sourceIp === null) out.encoded(NULL);
  else if (isHashed(sourceIp)) out.plainString(sourceIp);
  else out.string(sourceIp, MAX_STRING_BYTES);
}

function writeExtendedFields(out: JsonWriter, event: CerberusEvent): void {
  out.encoded(TIMESTAMP);
  writeTimestamp(out, event.startTime);
  if (event.statusCode !== undefined) {
    out.encoded(STATUS_CODE);
    out.number(event.statusCode);
  }
  out.encoded(LATENCY);
  writeMillis(out, event.duration);
  writeMember(out, ROUTE, event.route, MAX_PATH_BYTES);
  out.encoded(OUTCOME[event.outcome]);
  writeMember(out, USER_ID, event.userId, MAX_STRING_BYTES);
  writeMember(out, USER_AGENT, event.userAgent, MAX_STRING_BYTES);
  writeMember(out, TRACE_ID, event.traceId, MAX_ID_BYTES);
  writeMember(out, SPAN_ID, event.spanId, MAX_ID_BYTES);
  writeDetails(out, event);
  if (event.consumer === undefined) return;
  writeMember(out, CONSUMER, event.consumer, MAX_CONSUMER_BYTES);
  writeMember(out, CONSUMER_GROUP, event.consumerGroup, MAX_CONSUMER_BYTES);
  writeMember(out, CONSUMER_LABEL, event.consumerLabel, MAX_CONSUMER_BYTES);
}

function writeDetails(out: JsonWriter, event: RequestDetails): void {
  writeMember(out, ERROR_TYPE, event.errorType, MAX_STRING_BYTES);
  writeNumber(out, REQUEST_BODY_SIZE, event.requestBodySize);
  writeNumber(out, RESPONSE_BODY_SIZE, event.responseBodySize);
  writeMember(out, PROTOCOL_VERSION, event.protocolVersion, MAX_ID_BYTES);
  if (event.syntheticType !== undefined) out.encoded(SYNTHETIC[event.syntheticType]);
}

function writeNumber(out: JsonWriter, name: Uint8Array, value: number | undefined): void {
  if (value === undefined) return;
  out.encoded(name);
  out.number(value);
}

function writeMember(out: JsonWriter, name: Uint8Array, value: string | undefined, maxBytes: number): void {
  if (value === undefined) return;
  out.encoded(name);
  out.string(value, maxBytes);
}
