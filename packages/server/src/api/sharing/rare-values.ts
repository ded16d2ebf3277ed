import type { Analytics } from '../../store/questions/analytics.ts';
import type { MetricDetail } from '../../store/questions/metrics.ts';

/** A text that fewer requests have says something of single ones: an order's number is a text like any other. */
const MIN_REQUESTS = 5;

/** Metrics as a link without details shows them: texts that few requests have are counted, but not shown. */
export function withoutRareTexts(analytics: Pick<Analytics, 'metric'>): Pick<Analytics, 'metric'> {
  return { metric: async (query) => fold(await analytics.metric(query)) };
}

function fold(detail: MetricDetail): MetricDetail {
  const shown = detail.shares.filter((share) => !isRare(share));
  const hidden = detail.shares.filter(isRare).reduce((sum, { count }) => sum + count, 0);
  return {
    ...detail,
    shares: shown,
    others: detail.others + hidden,
    groups: detail.groups?.map(({ top, ...group }) => ({
      ...group,
      top: top !== null && isRare(top) ? null : top,
    })),
  };
}

function isRare({ value, count }: MetricDetail['shares'][number]): boolean {
  return typeof value === 'string' && count < MIN_REQUESTS;
}
