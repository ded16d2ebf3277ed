import { SpanKind } from '@opentelemetry/api';
import { settle, type SettledMetrics } from '../enrich/custom-metrics.ts';
import { isNextRoute } from '../routes/next.ts';
import type { SdkSpan } from '../sdk/sdk-types.ts';
import { HTTP_ROUTE } from './http-attributes.ts';

/** Children of one request that may be open at a time; further ones are counted, not followed. */
export const MAX_OPEN_CHILDREN = 1000;

/** Twice the open ones: at least half of the list has ended when it is searched, so the search costs O(1) each. */
const COMPACT_AT = 2 * MAX_OPEN_CHILDREN;

/**
 * The spans below one SERVER span, in the order of their start. They are held rather than read when they end,
 * because the one that matters most ends too late: Express's request handler ends after the SERVER span.
 */
export class RequestChildren {
  #spans: SdkSpan[] = [];
  #open = 0;
  #refused = 0;
  #hasServers = false;
  #settled: SettledMetrics | undefined;
  #settledRoute: string | undefined;

  /** @returns false when there are too many; the child is then not followed */
  add(child: SdkSpan): boolean {
    if (this.#open >= MAX_OPEN_CHILDREN) {
      this.#refused += 1;
      return false;
    }
    if (this.#spans.length >= COMPACT_AT) this.#compact();
    if (child.kind === SpanKind.SERVER) this.#hasServers = true;
    this.#spans.push(child);
    this.#open += 1;
    return true;
  }

  /** One of the children that `add` accepted has ended. */
  ended(): void {
    this.#open -= 1;
  }

  /** Children that were too many. */
  get refused(): number {
    return this.#refused;
  }

  /** Whether there is a SERVER span among them: the request has more than one. */
  get hasServers(): boolean {
    return this.#hasServers;
  }

  get spans(): readonly SdkSpan[] {
    return this.#spans;
  }

  get settled(): SettledMetrics | undefined {
    return this.#settled;
  }

  /** Nested SERVER spans that have not ended, where there are any: what they know of the route may come with their end. */
  get openServers(): readonly SdkSpan[] | undefined {
    if (!this.#hasServers) return undefined;
    const open = this.#spans.filter((span) => span.kind === SpanKind.SERVER && !span.ended);
    return open.length === 0 ? undefined : open;
  }

  /** The route that the first nested SERVER span names: some frameworks put it there and not on the root. */
  get route(): string | undefined {
    return this.#settledRoute ?? routeOf(this.#spans);
  }

  /** The route that Next.js works on, as the spans within its own say from their start. */
  get nextRoute(): string | undefined {
    return this.#spans.map(({ attributes }) => attributes['next.route']).find((route) => isNextRoute(route));
  }

  #compact(): void {
    const ended = this.#spans.filter((span) => span.ended);
    this.#settledRoute ??= routeOf(ended);
    const settled = (this.#settled ??= new Map());
    for (const span of ended) settle(settled, span);
    this.#spans = this.#spans.filter((span) => !span.ended);
  }
}

/** The route that the first SERVER span among `spans` names. */
export function routeOf(spans: readonly SdkSpan[]): string | undefined {
  for (const span of spans) {
    const route = span.kind === SpanKind.SERVER ? span.attributes[HTTP_ROUTE] : undefined;
    if (isNextRoute(route)) return route;
  }
  return undefined;
}
