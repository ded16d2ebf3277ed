import type { Attributes } from '@opentelemetry/api';

/** An event takes no more of a list. */
const MAX_ELEMENTS = 64;
/** A longer name is none that the exporter sends; those of others are short, and few. */
const MAX_NAME_LENGTH = 256;
/** What a value that is no text counts as. */
const OTHER = 8;

/** About how many UTF-16 units of text attributes hold, which is what an application can make long. */
export function textLength(attributes: Attributes): number {
  let length = 0;
  try {
    for (const name in attributes) {
      const value: unknown = attributes[name];
      if (name.length > MAX_NAME_LENGTH) length += name.length;
      if (typeof value === 'string') length += value.length;
      else if (Array.isArray(value)) length += lengthOfAll(value);
    }
  } catch {
    // A getter or a proxy that throws when it is read is the exporter's to judge.
  }
  return length;
}

function lengthOfAll(elements: readonly unknown[]): number {
  let length = elements.length * OTHER;
  for (let index = 0; index < Math.min(elements.length, MAX_ELEMENTS); index += 1) {
    const element = elements[index];
    if (typeof element === 'string') length += element.length;
  }
  return length;
}
