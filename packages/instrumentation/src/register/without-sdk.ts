import type { Announcement } from '../capture/announcements.ts';
import { cerberusAlone } from '../setup/with-cerberus.ts';
import { mayBeSetUpLate } from '../setup/late-set-up.ts';
import { captureWithoutSdk } from '../setup/without-sdk.ts';
import { flushAtTheEnd } from './ending.ts';
import { warn } from './warning.ts';

/**
 * Counts requests without an SDK, or beside somebody else's.
 *
 * @param isFirst nobody else's was there when this process started: the end of the process is ours
 * @param client of a server, the first, at this moment
 * @throws CerberusConfigError for options that cannot work, with `CERBERUS_STRICT` only
 */
export function setUpWithoutSdk(isFirst: boolean, client?: Announcement): void {
  const alone = cerberusAlone();
  if (alone === undefined) return;
  captureWithoutSdk(alone.processor, {
    record: alone.record,
    say: (message) => warn('CERBERUS_OTHER_SDK', message),
    client,
    waits: mayBeSetUpLate,
  });
  if (isFirst) flushAtTheEnd();
}
