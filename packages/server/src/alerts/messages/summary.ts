import { DAY_MILLIS } from '../../durations.ts';
import type { Analytics, Totals } from '../../store/questions/analytics.ts';
import type { EventFilter } from '../../store/filter/event-filter.ts';
import { percent } from './percent.ts';
import { plain } from './plain.ts';

/** Days that a summary is about. */
export const SUMMARY_DAYS = 7;

const ENDPOINTS = 5;

interface Figures {
  readonly requests: number;
  readonly errors: number;
  readonly clients: number;
  readonly p95_ms: number | null;
}

/** Figures of some days, those of as many days before, and the busiest endpoints. */
export interface SummaryFigures {
  readonly days: number;
  readonly now: Figures;
  /** `null`: nobody knows, for they were not kept as a whole. */
  readonly before: Figures | null;
  readonly endpoints: readonly {
    readonly method: string;
    readonly endpoint: string;
    readonly requests: number;
    readonly errors: number;
  }[];
}

/** Asks the store for the figures of the last days. */
export async function summaryOf(
  analytics: Pick<Analytics, 'overview' | 'endpoints'>,
  filter: EventFilter,
  until: number,
): Promise<SummaryFigures> {
  const range = { ...filter, since: until - SUMMARY_DAYS * DAY_MILLIS, until };
  const { totals, previous, isPreviousKept } = await analytics.overview({
    ...range,
    bucketMillis: DAY_MILLIS,
  });
  const list = await analytics.endpoints({ ...range, order: 'requests', limit: ENDPOINTS });
  return {
    days: SUMMARY_DAYS,
    now: figuresOf(totals),
    before: isPreviousKept ? figuresOf(previous) : null,
    endpoints: list.endpoints.map(({ method, endpoint, requests, errors }) => ({
      method,
      endpoint,
      requests,
      errors,
    })),
  };
}

/** The same for a person. */
export function summaryText(name: string, { days, now, before, endpoints }: SummaryFigures): string {
  const than = (text: (figures: Figures) => string): string => (before === null ? '' : ` (${text(before)})`);
  const growth = than((then) => changeOf(now.requests, then.requests));
  const rate = `${errorRate(now)} % errors${than((then) => `before: ${errorRate(then)} %`)}`;
  return [
    `${name}: the last ${days} days`,
    `${now.requests} requests${growth}, ${rate}, ${now.clients} clients`,
    `p95 ${millisText(now.p95_ms)}${than((then) => `before: ${millisText(then.p95_ms)}`)}`,
    ...endpoints.map(
      ({ method, endpoint, requests, errors }) =>
        `${plain(method)} ${plain(endpoint)}: ${requests} requests, ${errors} errors`,
    ),
  ].join('\n');
}

function figuresOf({ requests, errors, clients, latency }: Totals): Figures {
  return { requests, errors, clients, p95_ms: latency.p95 === null ? null : Math.round(latency.p95) };
}

function errorRate({ requests, errors }: Figures): number {
  return requests === 0 ? 0 : percent(errors / requests);
}

function changeOf(now: number, before: number): string {
  if (before === 0) return 'none before';
  const growth = Math.round((now / before - 1) * 100);
  return `${growth < 0 ? '' : '+'}${growth} %`;
}

function millisText(millis: number | null): string {
  return millis === null ? '–' : `${millis} ms`;
}
