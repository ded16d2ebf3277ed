import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import type { Link } from './backend.js';
import type { Ending } from './leaving-app.js';
import type { Round } from './round.js';

const TSX = fileURLToPath(new URL('../../node_modules/tsx/dist/cli.mjs', import.meta.url));

/** A way for an application to end, in which every request is stored. */
export interface KnownEnding extends Round {
  readonly title: string;
  readonly expected: Ending;
  /** What has to be installed. */
  readonly needs?: string;
}

const bySignal = (signal: NodeJS.Signals): Ending => ({ code: null, signal });
const withCode = (code: number): Ending => ({ code, signal: null });

/** The handler that everybody writes, over each link. */
export const PLAIN_HANDLER: readonly KnownEnding[] = (
  ['loopback', 'TLS', 'proxy of 50 ms', 'TLS through a proxy of 50 ms'] satisfies Link[]
).map((link) => ({
  title: `server.close(() => process.exit(0)) on SIGTERM, set up in code, ${link}`,
  setUp: 'in code',
  link,
  handler: 'plain',
  end: (app) => app.kill('SIGTERM'),
  expected: withCode(0),
}));

const SIGNALS = (['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const).map((signal): KnownEnding => ({
  title: `${signal} without a handler, under register`,
  setUp: 'register',
  handler: 'none',
  answered: true,
  end: (app) => app.kill(signal),
  expected: bySignal(signal),
}));

/** Set up from either copy of the package, and left through the other. Without an `exit` event only what is awaited sends. */
const AWAITED = (
  [
    ['register', 'import shutdown'],
    ['register', 'require flush'],
    ['register', 'require shutdown'],
    ['register, required', 'import flush'],
    ['register, required', 'import shutdown'],
    ['in code', 'require shutdown'],
    ['in code', 'import flush'],
    ['in code, required', 'import shutdown'],
  ] as const
).map(([setUp, handler]): KnownEnding => {
  const [how, name] = handler.split(' ');
  const title = `an awaited ${name}() by ${how} and no exit event, ${setUp.startsWith('in') ? 'set up' : 'under'} ${setUp}`;
  return { title, setUp, handler, end: (app) => app.kill('SIGTERM'), expected: withCode(0) };
});

/** All endings that a test goes through once, and the matrix on every Node.js. */
export const ENDINGS: readonly KnownEnding[] = [
  ...PLAIN_HANDLER,
  ...SIGNALS,
  {
    title: 'server.close(() => process.exit(0)) on SIGTERM, under register',
    setUp: 'register',
    handler: 'plain',
    end: (app) => app.kill('SIGTERM'),
    expected: withCode(0),
  },
  {
    title: 'server.close() on SIGTERM and nothing left to do, set up in code',
    setUp: 'in code',
    handler: 'quiet',
    end: (app) => app.kill('SIGTERM'),
    expected: withCode(0),
  },
  ...AWAITED,
  {
    title: 'process.exit() when a response has ended',
    setUp: 'in code',
    handler: 'none',
    answered: true,
    end: (app) => app.ask('/exit'),
    more: 1,
    expected: withCode(5),
  },
  {
    title: 'an uncaught exception',
    setUp: 'in code',
    handler: 'none',
    answered: true,
    end: (app) => app.ask('/throw'),
    more: 1,
    expected: withCode(1),
  },
  {
    title: 'SIGTERM to the first process of a container, which has no handler',
    setUp: 'register',
    handler: 'none',
    answered: true,
    wrapper: ['unshare', '--pid', '--fork'],
    needs: '/usr/bin/unshare',
    end: (app) => app.killInner('SIGTERM'),
    expected: withCode(143),
  },
  {
    title: 'SIGTERM to the command tsx',
    setUp: 'register',
    handler: 'none',
    answered: true,
    flags: [TSX],
    end: (app) => app.kill('SIGTERM'),
    expected: withCode(143),
  },
  ...(['register', 'in code'] as const).map((setUp): KnownEnding => ({
    title: `SIGTERM to the primary of a cluster alone, ${setUp === 'register' ? 'under register' : setUp}`,
    setUp,
    handler: 'none',
    script: 'cluster.mjs',
    workers: 2,
    answered: true,
    end: (app) => app.kill('SIGTERM'),
    expected: bySignal('SIGTERM'),
  })),
];

/** Whether an ending can be tried here. */
export function isPossible({ needs }: KnownEnding): boolean {
  return needs === undefined || existsSync(needs);
}
