import type { Attributes, AttributeValue } from '@opentelemetry/api';

/** As OpenTelemetry limits the attributes of a span by default: a loop over names must not fill the memory. */
const MAX_ATTRIBUTES = 128;

/** Sets an attribute as OpenTelemetry's SDK does: not what is no value, nor more names than its default limit. */
export function setAttribute(attributes: Attributes, key: string, value: AttributeValue | undefined): void {
  if (key === '' || !isAttributeValue(value)) return;
  if (!Object.hasOwn(attributes, key) && Object.keys(attributes).length >= MAX_ATTRIBUTES) return;
  attributes[key] = value;
}

function isAttributeValue(value: unknown): value is AttributeValue {
  return Array.isArray(value) ? isListOfOneType(value) : isPrimitive(typeof value);
}

function isListOfOneType(list: readonly unknown[]): boolean {
  const present = list.filter((element) => element !== null && element !== undefined);
  const type = typeof present[0];
  return present.length === 0 || (isPrimitive(type) && present.every((element) => typeof element === type));
}

function isPrimitive(type: string): boolean {
  return type === 'string' || type === 'number' || type === 'boolean';
}
