import type { Attributes } from '@opentelemetry/api';

type HeaderValue = string | number | readonly string[] | undefined;

/**
 * Copies headers to attributes, each as a list: `http.request.header.x-tenant`.
 *
 * @param names in any case
 */
export function headerCapture(
  direction: 'request' | 'response',
  names: readonly string[] | undefined,
): (attributes: Attributes, read: (name: string) => HeaderValue) => void {
  const headers = [...new Set((names ?? []).map((name) => name.toLowerCase()))].map((name) => ({
    name,
    attribute: `http.${direction}.header.${name}`,
  }));
  return (attributes, read) => {
    for (const { name, attribute } of headers) {
      const value = read(name);
      if (value !== undefined) attributes[attribute] = listOf(value);
    }
  };
}

/** Node lets an application set a header to anything that can be written as text. */
function listOf(value: Exclude<HeaderValue, undefined>): string[] | number[] {
  return Array.isArray(value) ? [...(value as readonly string[])] : ([value] as string[] | number[]);
}
