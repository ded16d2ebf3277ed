import type * as Ws from 'ws';
import { withoutTracing } from './suppressed-context.ts';

let loading: Promise<typeof Ws> | undefined;

/**
 * Loads `ws` with the first connection. It loads `node:http` and `node:https`, and in a bundle of one file what is loaded at
 * the top is loaded before OpenTelemetry can patch it: the application's own spans would be gone.
 *
 * @throws (rejection) where it is not installed
 */
export function loadWs(): Promise<typeof Ws> {
  // `eager`, so that webpack makes no second file of it.
  loading ??= withoutTracing(() => import(/* webpackMode: "eager" */ 'ws')).catch((error: unknown) => {
    // Too many open files, say: the next connection tries again.
    loading = undefined;
    throw error;
  });
  return loading;
}
