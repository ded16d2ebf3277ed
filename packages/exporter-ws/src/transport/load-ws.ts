import type * as Ws from 'ws';
import { withoutTracing } from './suppressed-context.ts';

let loading: Promise<typeof Ws> | undefined;

/**
 * Loads `ws` with the first connection. It loads `node:http` and `node:https`, and in a bundle of one file what is loaded at
 * the top is loaded before OpenTelemetry can patch it: the application's own spans would be gone.
 *
 * @throws (rejection) where it is not installed, or cannot be read just now; the next call tries again
 */
export function loadWs(): Promise<typeof Ws> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<typeof Ws> {
  try {
    // `eager`, so that webpack makes no second file of it.
    return await withoutTracing(() => import(/* webpackMode: "eager" */ 'ws'));
  } catch (error) {
    const ws = requireWs();
    if (ws === undefined) throw error;
    return ws;
  }
}

/** Node never again tries an import that failed once, for too many open files, say; but it does so for `require`. */
function requireWs(): typeof Ws | undefined {
  const { stack = '' } = new Error('for its stack');
  const here = /((?:file:\/\/|\/|[A-Z]:\\).+?):\d+:\d+\)?$/m.exec(stack)?.[1];
  try {
    const { createRequire } = process.getBuiltinModule('node:module');
    const requireFrom = createRequire(here ?? `${process.cwd()}/`);
    return withoutTracing(() => requireFrom('ws') as typeof Ws);
  } catch {
    return undefined;
  }
}
