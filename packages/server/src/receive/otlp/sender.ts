import { serviceIdentity } from '@cerberus-otel/exporter-ws/translation';

import { fitText } from '../../event/text-limits.ts';
import { TEXT_LIMITS } from '../../event/validation.ts';
import type { ProducerRef } from '../../store/questions/producer.ts';
import { serviceInfoOf } from '../service-info.ts';

/** What an application is called that does not say its name, and whose token does not. */
const NAMELESS = 'unknown_service';

/**
 * Who sent the spans of a resource: its `service.name` is the client id, as it is the exporter's.
 *
 * @param application that the token is for
 */
export function senderOf(
  attributes: Readonly<Record<string, unknown>>,
  application: string | undefined,
): ProducerRef {
  const { name, version, environment, instanceId } = serviceIdentity({}, { attributes });
  const clientId = fitText(name ?? application ?? NAMELESS, TEXT_LIMITS.clientId).text;
  return {
    producer: `otlp:${clientId}`,
    clientId,
    mode: 'otlp',
    agent: agentOf(attributes),
    service: serviceInfoOf({
      service_version: version,
      deployment_environment: environment,
      service_instance_id: instanceId,
    }),
  };
}

/** Such as `opentelemetry-python/1.37.0`. */
function agentOf(attributes: Readonly<Record<string, unknown>>): string | null {
  const language = attributes['telemetry.sdk.language'];
  if (typeof language !== 'string') return null;
  const version = attributes['telemetry.sdk.version'];
  const suffix = typeof version === 'string' ? `/${version}` : '';
  return fitText(`opentelemetry-${language}${suffix}`, TEXT_LIMITS.clientId).text;
}
