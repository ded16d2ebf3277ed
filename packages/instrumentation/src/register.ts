/**
 * Sets OpenTelemetry and Cerberus up from the environment alone, in an application that knows of neither:
 * `node --import @cerberus-otel/instrumentation/register app.js`, or `--require`.
 *
 * @packageDocumentation
 */
import type * as Start from './register/start.ts';
import { warn } from './register/warning.ts';
import { ownModule } from './sdk/own-copy.ts';

const start = ownModule('register/start', () => import('./register/start.ts')) as typeof Start | undefined;
if (start === undefined) {
  warn(
    'CERBERUS_SETUP_FAILED',
    'nothing is counted: `register` is in a bundle, or where its other modules are not. Keep @cerberus-otel/instrumentation out of ' +
      'the bundle, or call startCerberus() in place of it (docs/coexistence.md, "Bundlers")',
  );
} else {
  start.registerOnce();
}
