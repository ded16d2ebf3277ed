import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { MAX_ELEMENTS_READ } from '../enrich/custom-metrics.ts';

/** As OpenTelemetry limits the attributes of a span by default: a loop over names must not fill the memory. */
const MAX_ATTRIBUTES = 128;

/**
 * Sets an attribute as OpenTelemetry's SDK does: not what is no value, nor more names than its default limit. Of a list it takes a copy,
 * for the application may use the same one in its next request, before this one is written.
 *
 * @throws what a list throws when it is read
 */
export function setAttribute(attributes: Attributes, key: string, value: unknown): void {
  if (key === '') return;
  const taken = Array.isArray(value) ? listOfOneType(value) : primitive(value);
  if (taken === undefined) return;
  if (!Object.hasOwn(attributes, key) && Object.keys(attributes).length >= MAX_ATTRIBUTES) return;
  attributes[key] = taken;
}

/** Sets those that can be read: a getter that throws costs its own attribute. Throws for what has no members, and what its proxy throws. */
export function setAttributes(attributes: Attributes, given: Attributes): void {
  for (const key of Object.keys(given)) {
    try {
      setAttribute(attributes, key, given[key]);
    } catch {
      // As if it had not been given.
    }
  }
}

/** By index and not to its end, as what a metric may hold is read. Elements may be missing, as OpenTelemetry has it. */
function listOfOneType(list: readonly unknown[]): AttributeValue | undefined {
  const elements: unknown[] = [];
  let type: string | undefined;
  const length = Math.min(list.length, MAX_ELEMENTS_READ);
  for (let index = 0; index < length; index += 1) {
    const element = list[index];
    if (element !== null && element !== undefined) {
      type ??= typeof element;
      if (typeof element !== type || primitive(element) === undefined) return undefined;
    }
    elements.push(element);
  }
  return elements as AttributeValue;
}

function primitive(value: unknown): string | number | boolean | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}
