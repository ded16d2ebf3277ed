import type { CerberusEvent } from './cerberus-event.ts';
import type { ExporterConfig } from './config.ts';
import { jsonString } from './json-string.ts';
import { isHashed, type SourceIp } from './source-ip.ts';

export type SerializeConfig = Pick<ExporterConfig, 'extendedFields' | 'sourceIpField'>;

/**
 * The event as JSON without credentials, members in the order of PROTOCOL.md. A member without a value is
 * left out, except the address, which is then null.
 */
export function serializeEvent(event: CerberusEvent, config: SerializeConfig): string {
  const { sourceIp, statusCode } = event;
  const seed = `{"${config.sourceIpField}":${addressJson(sourceIp)},"endpoint":${jsonString(event.endpoint)},"scheme":${event.scheme},"method":${jsonString(event.method)},"custom_data":${event.customData}`;
  if (!config.extendedFields) return `${seed}}`;
  const status = statusCode === undefined ? '' : `,"status_code":${statusCode}`;
  const user = member('user_id', event.userId) + member('user_agent', event.userAgent);
  // Few expressions: every piece that is put together by itself is one more text to make, to copy and to collect.
  return `${seed},"timestamp":"${event.timestamp}"${status},"latency_ms":${event.latencyMs}${member('route', event.route)},"outcome":"${event.outcome}"${user},"trace_id":"${event.traceId}","span_id":"${event.spanId}"}`;
}

function addressJson(sourceIp: SourceIp | null): string {
  if (sourceIp === null) return 'null';
  return isHashed(sourceIp) ? `"${sourceIp}"` : jsonString(sourceIp);
}

function member(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${jsonString(value)}`;
}
