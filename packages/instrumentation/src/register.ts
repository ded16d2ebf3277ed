/**
 * Sets OpenTelemetry and Cerberus up from the environment alone, in an application that knows of neither:
 * `node --import @cerberus-otel/instrumentation/register app.js`, or `--require`.
 *
 * @packageDocumentation
 */
import type * as Start from './register/start.ts';
import { ownModule } from './sdk/own-copy.ts';

(ownModule('register/start') as typeof Start | undefined)?.registerOnce();
