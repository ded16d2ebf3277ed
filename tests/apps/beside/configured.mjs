// What OTEL_CONFIG_FILE says, with Cerberus.
import { register } from 'node:module';
import { withCerberus } from '@cerberus-otel/instrumentation';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { startNodeSDK } from '@opentelemetry/sdk-node';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const configuration = { instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()] };
startNodeSDK(process.env.CERBERUS_TOKEN === undefined ? configuration : withCerberus(configuration));
