import type { ConsumerDetails } from '../enrich/consumer.ts';
import type { MetricValue } from '../enrich/custom-metrics.ts';
import { currentRecord } from './own-requests.ts';
import type { RequestRecord } from './request-record.ts';

/**
 * Adds a metric to the event of the current request, as `custom_data.<name>`. Works wherever the request's
 * context is active: in middleware, handlers and after an `await`, in unsampled requests too.
 *
 * @param value of a list a copy is taken, and not all of one with more than 1,024 elements
 * @returns whether it was taken: not outside of a request, not after its response, not for a value that is
 *   neither text, boolean, finite number nor a list of one of these. Never throws.
 */
export function setMetric(name: string, value: MetricValue): boolean {
  try {
    return currentRecord()?.setMetric(name, value) ?? false;
  } catch {
    return false;
  }
}

/**
 * Adds several metrics; see `setMetric`.
 *
 * @returns whether all were taken. Never throws.
 */
export function setMetrics(metrics: Readonly<Record<string, MetricValue>>): boolean {
  try {
    const record = currentRecord();
    if (record === undefined) return false;
    return Object.keys(metrics)
      .map((name) => setOne(record, name, metrics))
      .every(Boolean);
  } catch {
    return false;
  }
}

/** A member that throws when it is read is lost alone. */
function setOne(
  record: RequestRecord,
  name: string,
  metrics: Readonly<Record<string, MetricValue>>,
): boolean {
  try {
    return record.setMetric(name, metrics[name]);
  } catch {
    return false;
  }
}

/**
 * Names the user of the current request. The event gets the pseudonym of the id, made with the same key as
 * that of the address, unless the processor has `userId: 'raw'`.
 *
 * @returns whether it was taken; see `setMetric`. Never throws.
 */
export function setUserId(id: string | number): boolean {
  try {
    if (typeof id !== 'string' && !Number.isFinite(id)) return false;
    return currentRecord()?.setUserId(String(id)) ?? false;
  } catch {
    return false;
  }
}

/**
 * Says whom the current request is served for: a customer, an organisation, the owner of an API key. The event gets the
 * pseudonym of the id, made with the same key as that of the address, and `group` and `label` as they are.
 *
 * @returns whether it was taken; see `setMetric`. Never throws.
 */
export function setConsumer(id: string | number, details: ConsumerDetails = {}): boolean {
  try {
    return currentRecord()?.setConsumer(id, details) ?? false;
  } catch {
    return false;
  }
}
