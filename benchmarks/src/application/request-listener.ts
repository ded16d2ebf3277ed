import diagnostics from 'node:diagnostics_channel';
import { syncBuiltinESMExports } from 'node:module';

const CHANNEL = 'http.server.request.start';

type Listener = Parameters<typeof diagnostics.subscribe>[1];

/** Something, and what it wants to be told of when a request arrives. */
export interface Listening<T> {
  readonly made: T;
  /** Lets it hear of requests; at first it does not. */
  listen(): void;
  /** Nobody is told any longer: without a listener Node does not even prepare what it would say. */
  ignore(): void;
}

/** Makes something that listens to requests for as long as it lives, so that it only does while it is let. */
export function listeningOnDemand<T>(make: () => T): Listening<T> {
  const listeners: Listener[] = [];
  const { subscribe } = diagnostics;
  // A library has imported the function by name: the exports must follow.
  diagnostics.subscribe = (name, listener) => {
    if (name === CHANNEL) listeners.push(listener);
    else subscribe(name, listener);
  };
  syncBuiltinESMExports();
  try {
    return {
      made: make(),
      listen: () => listeners.forEach((listener) => subscribe(CHANNEL, listener)),
      ignore: () => listeners.forEach((listener) => diagnostics.unsubscribe(CHANNEL, listener)),
    };
  } finally {
    diagnostics.subscribe = subscribe;
    syncBuiltinESMExports();
  }
}
