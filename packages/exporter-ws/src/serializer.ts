import type { ByteSlab } from './byte-slab.ts';
import type { CerberusEvent } from './cerberus-event.ts';
import type { ExporterConfig } from './config.ts';
import { jsonString } from './json-string.ts';

export type SerializeConfig = Pick<ExporterConfig, 'extendedFields' | 'sourceIpField'>;

/**
 * The event as UTF-8 JSON without credentials, members in the order of PROTOCOL.md. A member without a value is
 * left out, except the address, which is then null.
 */
export function serializeEvent(event: CerberusEvent, config: SerializeConfig, slab: ByteSlab): Buffer {
  const { sourceIp } = event;
  const seed =
    `{"${config.sourceIpField}":${sourceIp === null ? 'null' : jsonString(sourceIp)}` +
    `,"endpoint":${jsonString(event.endpoint)},"scheme":${event.scheme}` +
    `,"method":${jsonString(event.method)},"custom_data":${event.customData}`;
  return slab.encode(`${seed}${config.extendedFields ? extended(event) : ''}}`);
}

function extended(event: CerberusEvent): string {
  return (
    `,"timestamp":"${event.timestamp}"` +
    (event.statusCode === undefined ? '' : `,"status_code":${event.statusCode}`) +
    `,"latency_ms":${event.latencyMs}` +
    member('route', event.route) +
    `,"outcome":"${event.outcome}"` +
    member('user_id', event.userId) +
    member('user_agent', event.userAgent) +
    `,"trace_id":"${event.traceId}","span_id":"${event.spanId}"`
  );
}

function member(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${jsonString(value)}`;
}
