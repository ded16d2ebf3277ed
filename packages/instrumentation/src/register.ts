/**
 * Sets OpenTelemetry and Cerberus up from the environment alone, in an application that knows of neither:
 * `node --import @cerberus-otel/instrumentation/register app.js`, or `--require`.
 *
 * @packageDocumentation
 */
import { registerOnce } from './register/set-up.ts';

registerOnce();
