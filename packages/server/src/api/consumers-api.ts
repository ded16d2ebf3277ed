import { formatTime } from '../event/timestamps.ts';
import { failure, type Reply } from '../http/response.ts';
import type { Analytics } from '../store/questions/analytics.ts';
import type { CONSUMERS } from './answers/consumers.ts';
import type { Answer } from './answers/members.ts';
import { parseConsumersQuery } from './query/analytics-questions.ts';
import { roundedMillis } from './rounding.ts';

/** `GET /api/consumers`: whom requests are for, with what each got. */
export async function consumersReply(
  analytics: Pick<Analytics, 'consumers'>,
  params: URLSearchParams,
): Promise<Reply> {
  const parsed = parseConsumersQuery(params, Date.now());
  if (!parsed.ok) return failure(400, parsed.error);
  const { estimated, consumers, total, newcomers } = await analytics.consumers(parsed.query);
  const body: Answer<typeof CONSUMERS> = {
    estimated,
    consumers: consumers.map(({ p95, firstSeen, lastSeen, isNew, ...figures }) => ({
      ...figures,
      latency_ms: { p95: roundedMillis(p95) },
      first_seen: formatTime(firstSeen),
      last_seen: formatTime(lastSeen),
      new: isNew,
    })),
    total,
    new: newcomers,
  };
  return { status: 200, body };
}
