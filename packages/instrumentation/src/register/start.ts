import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import {
  isHeard,
  processEnvironment,
  saysYes,
  type Environment,
} from '@cerberus-otel/exporter-ws/environment';
import { atFirstServer, type Announcement } from '../capture/announcements.ts';
import { sayWhereOthersServe } from '../observe/other-servers.ts';
import { listenToFrameworks } from '../routes/listening.ts';
import { otelFlag } from '../sdk/otel-environment.ts';
import { ownModule } from '../sdk/own-copy.ts';
import { providerInPlace } from '../sdk/provider-in-place.ts';
import { markRegistered, started } from '../sdk/registered.ts';
import { wantsSdk } from './choice.ts';
import { exportsAskedFor } from './exports.ts';
import { guarded } from './guarded.ts';
import { warn } from './warning.ts';
import type * as WithSdk from './with-sdk.ts';
import type * as WithoutSdk from './without-sdk.ts';
import { sayWhereWorkerServes } from './worker.ts';

/** Programs that only start others inherit `NODE_OPTIONS` too; they are left alone. */
const PACKAGE_MANAGERS = new Set(['npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'corepack']);

/**
 * Sets up once per process, in its main thread; a worker thread that serves is told of. What keeps it from working is one
 * process warning. What is needed for it is loaded when it is needed: most programs that inherit `NODE_OPTIONS` serve nothing.
 *
 * @throws CerberusConfigError for options that cannot work, with `CERBERUS_STRICT` only
 */
export function registerOnce(): void {
  if (isMainThread && (started() !== undefined || !markRegistered())) return;
  const env = processEnvironment();
  guarded(env, () => {
    if (!isWanted(env)) return;
    if (isMainThread) setUp(env);
    else sayWhereWorkerServes(warn);
  });
}

function isWanted(env: Environment): boolean {
  if (otelFlag(env, 'OTEL_SDK_DISABLED')) return false;
  const program = basename(process.argv[1] ?? '').replace(/(-cli)?\.[cm]?js$/, '');
  if (PACKAGE_MANAGERS.has(program)) return false;
  return !saysYes(env['CERBERUS_DISABLED']) || exportsAskedFor(env).length > 0;
}

function setUp(env: Environment): void {
  sayWhereOthersServe(warn);
  const isFirst = providerInPlace() === undefined;
  if (isFirst && wantsSdk(env) && loadWithSdk().setUpWithSdk(env)) return;
  const setUpWithoutSdk = (client?: Announcement): void =>
    (
      ownModule('register/without-sdk', () => import('./without-sdk.ts')) as typeof WithoutSdk
    ).setUpWithoutSdk(isFirst, client);
  listenToFrameworks();
  // Mistakes that are to end the process end it before the application starts, and a check-up does not wait for a server.
  if (saysYes(env['CERBERUS_STRICT']) || isHeard()) setUpWithoutSdk();
  else atFirstServer((client) => guarded(env, () => setUpWithoutSdk(client)));
}

function loadWithSdk(): typeof WithSdk {
  return ownModule('register/with-sdk', () => import('./with-sdk.ts')) as typeof WithSdk;
}
