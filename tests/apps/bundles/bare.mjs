// Cerberus has to find the SDK itself, for it is given neither processors nor a sampler.
import { withCerberus } from '@cerberus-otel/instrumentation';
import { start } from './spans.mjs';

start(withCerberus());
void import('./server.mjs');
