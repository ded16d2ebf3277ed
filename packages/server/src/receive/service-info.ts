import { shortText } from '../event/short-text.ts';
import { NO_SERVICE_INFO, type ServiceInfo } from '../store/questions/producer.ts';

/**
 * Reads the members of a `hello`, or of an event, in which an application says what it is (PROTOCOL.md). Values that cannot be used
 * are as if they were not there: nothing is refused for them.
 */
export function serviceInfoOf(message: Readonly<Record<string, unknown>>): ServiceInfo {
  const version = shortText(message['service_version']) ?? null;
  const environment = shortText(message['deployment_environment']) ?? null;
  const instanceId = shortText(message['service_instance_id']) ?? null;
  if (version === null && environment === null && instanceId === null) return NO_SERVICE_INFO;
  return { version, environment, instanceId };
}
