import { NO_SERVICE_INFO, type ServiceInfo } from '../store/producer.ts';

const MAX_CHARACTERS = 256;

/**
 * Reads the members of a `hello`, or of an event, in which an application says what it is (PROTOCOL.md). Values that cannot be used
 * are as if they were not there: nothing is refused for them.
 */
export function serviceInfoOf(message: Readonly<Record<string, unknown>>): ServiceInfo {
  const version = textOf(message['service_version']);
  const environment = textOf(message['deployment_environment']);
  const instanceId = textOf(message['service_instance_id']);
  if (version === null && environment === null && instanceId === null) return NO_SERVICE_INFO;
  return { version, environment, instanceId };
}

function textOf(value: unknown): string | null {
  if (typeof value !== 'string' || value === '' || value.length > MAX_CHARACTERS || value.includes('\0'))
    return null;
  return value.toWellFormed();
}
