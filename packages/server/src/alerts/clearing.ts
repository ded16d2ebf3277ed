import { DAY_MILLIS } from '../durations.ts';
import type { Desk, DeskChange } from './desk.ts';

/** Most entries of the log; of more, the newest. */
const MAX_ENTRIES = 1000;

/** A rule of which nothing was heard for so long is in no file any more. */
const STALE_MILLIS = DAY_MILLIS;

/** Most that is removed at once. */
const MAX_CHANGES = 500;

/**
 * Removes what is old: entries of the log, which may name applications and clients, are kept no longer than events.
 *
 * @param ruleIds - of all rules that are known here
 * @param now - milliseconds since the epoch
 */
export async function clearOld(
  desk: Desk,
  {
    ruleIds,
    now,
    retentionDays,
  }: { readonly ruleIds: ReadonlySet<string>; readonly now: number; readonly retentionDays: number },
): Promise<void> {
  const { log, sent, state } = await desk.read('log', 'sent', 'state');
  const oldest = now - retentionDays * DAY_MILLIS;
  const surplus = log.length - MAX_ENTRIES;
  const oldEntries = log.filter(({ value }, index) => index < surplus || value.at < oldest);
  const gone = new Set(oldEntries.map(({ id }) => id));
  const kept = new Set(log.map(({ id }) => id).filter((id) => !gone.has(id)));
  const stale = state.filter(({ id, value }) => !ruleIds.has(id) && value.claimedTo < now - STALE_MILLIS);
  const changes: readonly DeskChange[] = [
    ...oldEntries.map(({ id, version }) => ({ kind: 'log' as const, id, version, value: undefined })),
    ...sent
      .filter(({ value }) => !kept.has(value.entry))
      .map(({ id, version }) => ({ kind: 'sent' as const, id, version, value: undefined })),
    ...stale.map(({ id, version }) => ({ kind: 'state' as const, id, version, value: undefined })),
  ];
  for (let done = 0; done < changes.length; done += MAX_CHANGES)
    // Another server is at the same.
    if (!(await desk.change(changes.slice(done, done + MAX_CHANGES)))) return;
}
