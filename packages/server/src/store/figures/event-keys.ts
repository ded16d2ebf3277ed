import { endpointName, type StoredEvent } from '../../event/event.ts';
import { within } from '../../nested-maps.ts';

/** What requests are counted by; a text is empty where the event did not say it. */
export interface EventKeys {
  readonly clientId: string;
  readonly method: string;
  /** The name under which the endpoint is listed. */
  readonly endpoint: string;
  readonly release: string;
  readonly environment: string;
  /** What asked without being a person. */
  readonly synthetic: string;
}

/** The keys of an event. */
export function eventKeys(event: StoredEvent): EventKeys {
  return {
    clientId: event.clientId,
    method: event.method,
    endpoint: endpointName(event),
    release: event.release ?? '',
    environment: event.environment ?? '',
    synthetic: event.syntheticType ?? '',
  };
}

type Level<T> = Map<string, T>;

/** What is kept by each of {@link EventKeys}, in their order. */
export type KeyTree<T> = Level<Level<Level<Level<Level<Level<T>>>>>>;

/** Of a tree, what has all keys but the last: by synthetic type. */
export function withinKeys<T>(tree: KeyTree<T>, keys: EventKeys): Map<string, T> {
  const ofMethod = within(within(tree, keys.clientId), keys.method);
  return within(within(within(ofMethod, keys.endpoint), keys.release), keys.environment);
}
