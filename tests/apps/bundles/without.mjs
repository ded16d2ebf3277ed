// An application in one file, traced as it was before Cerberus came.
import { configuration, start } from './spans.mjs';

start(configuration());
void import('./server.mjs');
