import { isRead } from '@cerberus-otel/exporter-ws/translation';

import { isAddressName } from '../../addresses/span-address.ts';

/** What `serviceIdentity` and `agentOf` ask for. */
const OF_RESOURCE: ReadonlySet<string> = new Set([
  'deployment.environment',
  'deployment.environment.name',
  'service.instance.id',
  'service.name',
  'service.version',
  'telemetry.sdk.language',
  'telemetry.sdk.version',
]);

/** Whether an attribute of a resource is looked at. */
export function isResourceName(name: string): boolean {
  return OF_RESOURCE.has(name);
}

/** Whether an attribute of a span is looked at. */
export function isSpanName(name: string): boolean {
  return isRead(name) || isAddressName(name);
}

/** A place for attributes that somebody else named: `__proto__` is a name like any other there. */
export function attributeRecord(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}
