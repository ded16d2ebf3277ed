// An SDK of the application's own.
import { register } from 'node:module';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { recorder } from './recorder.mjs';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const recorded = recorder();
const sdk = new NodeSDK({
  spanProcessors: [recorded],
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
});
sdk.start();

globalThis.finishOther = async () => {
  await sdk.shutdown();
  recorded.print();
};
