import type { SdkSpan } from '../sdk/sdk-types.ts';

/**
 * The class of the exception that the spans of a request recorded last (`exception.type`), never its message. Instrumentations of
 * frameworks record what a handler threw, mostly on a span below the SERVER span.
 */
export function errorClassOf(spans: readonly SdkSpan[]): string | undefined {
  for (const span of spans.toReversed()) {
    const type = exceptionType(span);
    if (type !== undefined) return type;
  }
  return undefined;
}

function exceptionType(span: object): string | undefined {
  if (!('events' in span) || !Array.isArray(span.events)) return undefined;
  const exception = (span.events as readonly SpanEventLike[]).findLast(({ name }) => name === 'exception');
  const type = exception?.attributes?.['exception.type'];
  return typeof type === 'string' && type !== '' ? type : undefined;
}

interface SpanEventLike {
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}
