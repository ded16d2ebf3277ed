import type { ExporterConfig } from './config.ts';

/** Optional members of `hello`, and of each event in event mode (PROTOCOL.md). Backends ignore what they do not know. */
export interface ServiceMembers {
  readonly service_version?: string;
  readonly deployment_environment?: string;
  readonly service_instance_id?: string;
}

/** What the application says of itself; nothing without `extendedFields`. */
export function serviceMembers({
  service,
  extendedFields,
}: Pick<ExporterConfig, 'service' | 'extendedFields'>): ServiceMembers {
  if (!extendedFields) return {};
  const { version, environment, instanceId } = service;
  return {
    ...(version !== undefined && { service_version: version }),
    ...(environment !== undefined && { deployment_environment: environment }),
    ...(instanceId !== undefined && { service_instance_id: instanceId }),
  };
}
