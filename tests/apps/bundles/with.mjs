// As without.mjs, with Cerberus.
import { withCerberus } from '@cerberus-otel/instrumentation';
import { configuration, start } from './spans.mjs';

start(withCerberus(configuration()));
void import('./server.mjs');
