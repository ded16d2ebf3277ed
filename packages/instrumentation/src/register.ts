/**
 * Sets OpenTelemetry and Cerberus up from the environment alone, in an application that knows of neither:
 * `node --import @cerberus-otel/instrumentation/register app.js`, or `--require`.
 *
 * @packageDocumentation
 */
import type * as SetUp from './register/set-up.ts';
import { ownModule } from './sdk/own-copy.ts';

(ownModule('register/set-up') as typeof SetUp | undefined)?.registerOnce();
