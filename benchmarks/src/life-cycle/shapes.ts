/** A request, as far as its cost depends on it. */
export interface Shape {
  /** Custom metrics that its handler sets. */
  readonly metrics: number;
  /** Spans below the SERVER span. */
  readonly children: number;
}

/** What follows the spans. */
export type Pipeline = 'no-op' | 'cerberus' | 'otlp-proto';

export const PIPELINES: readonly Pipeline[] = ['no-op', 'cerberus', 'otlp-proto'];

export function shapeName({ metrics, children }: Shape): string {
  return `${metrics} metrics, ${children} children`;
}

/** What a process measures: each pipeline and the port it sends to, with the queues of an application or with large ones. */
export interface Setting {
  readonly pipelines: Readonly<Partial<Record<Pipeline, number>>>;
  readonly defaultLimits?: boolean;
}

/** So many requests of a shape through one pipeline; their addresses repeat after `addresses` of them. */
export interface Run {
  readonly pipeline: Pipeline;
  readonly shape: Shape;
  readonly requests: number;
  readonly addresses?: number;
}

/** A steady load. */
export interface Pace {
  readonly pipeline: Pipeline;
  readonly perSecond: number;
  readonly seconds: number;
}
