// A set-up file as an application has one, every option in code; MODE says what is wrong with it.
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { HttpServerInstrumentation, startCerberus, withCerberus } from '../../dist/esm/index.js';

function httpOf(chosen: string | undefined): (HttpInstrumentation | HttpServerInstrumentation)[] {
  if (chosen === 'no http') return [];
  return [chosen === 'light' ? new HttpServerInstrumentation() : new HttpInstrumentation()];
}

const { MODE: mode, WS_URL: wsUrl } = process.env;
const instrumentations = [
  httpOf(mode),
  ...(mode === 'no express' || mode === 'light' ? [] : [new ExpressInstrumentation()]),
];
const options = {
  wsUrl,
  token: mode === 'no token' ? undefined : 'canary-token',
  clientId: 'in-code',
  secretKey: 'k'.repeat(32),
};
function start(): void {
  const sdk = new NodeSDK(
    mode === 'no cerberus'
      ? { instrumentations }
      : withCerberus({ instrumentations, spanProcessors: [] }, options),
  );
  if (mode !== 'not started') sdk.start();
}

if (mode === 'no SDK') startCerberus(options);
else start();
