import { NO_FILE, type AlertFile } from '../../../dist/alerts/alert-file.js';
import { Alerts, type AlertsContext } from '../../../dist/alerts/alerts.js';
import { filterOfWords } from '../../../dist/api/query/filter.js';
import type { CerberusEvent } from '../../../dist/event/event.js';
import type { Store } from '../../../dist/store/store.js';
import { append, producerRef, START, storeEvent } from '../events/events.js';

export const MINUTE = 60_000;

/** A time that stands still until it is set, and tasks that run when they are told to. */
export class HandClock {
  time = START;
  readonly tasks: (() => void)[] = [];

  readonly now = (): number => this.time;

  readonly every = (_millis: number, task: () => void): (() => void) => {
    this.tasks.push(task);
    return () => void this.tasks.splice(this.tasks.indexOf(task), 1);
  };

  /** To some minutes after {@link START}. */
  at(minutes: number): void {
    this.time = START + minutes * MINUTE;
  }
}

/** Alerts of a store, with the time in one's own hand. */
export function alertsOn(
  store: Pick<Store, 'documents' | 'analytics'>,
  clock: HandClock,
  members: Partial<AlertsContext> & { readonly file?: AlertFile } = {},
): Alerts {
  return new Alerts({
    documents: store.documents,
    analytics: store.analytics,
    file: NO_FILE,
    parseFilter: filterOfWords,
    token: 'a-token',
    retentionDays: 30,
    log: () => undefined,
    clock,
    ...members,
  });
}

/** Stores some requests of a minute after {@link START}. */
export async function requests(
  store: Pick<Store, 'append'>,
  minute: number,
  count: number,
  members: Partial<CerberusEvent> = {},
): Promise<void> {
  const timestamp = START + minute * MINUTE + 1000;
  const { clientId = 'my-app' } = members;
  const events = Array.from({ length: count }, () =>
    storeEvent({ timestamp, errorType: null, statusCode: 200, outcome: null, ...members }),
  );
  const producer = producerRef({ producer: `of-${clientId}`, clientId });
  await store.append(append({ producer, seq: null, events, receivedAt: timestamp + 500 }));
}

/** The id of a rule, or of a destination, that was just made. */
export function idOf(made: object): string {
  if ('id' in made && typeof made.id === 'string') return made.id;
  throw new Error(`it was not made: ${JSON.stringify(made)}`);
}
