// As without.mjs, with Cerberus imported and not used.
import * as cerberus from '@cerberus-otel/instrumentation';
import { configuration, start } from './spans.mjs';

globalThis.cerberus = cerberus;
start(configuration());
void import('./server.mjs');
