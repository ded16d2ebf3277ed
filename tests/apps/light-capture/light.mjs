// In the place of an example's own set-up: HttpServerInstrumentation, and no other instrumentation.
import { HttpServerInstrumentation, withCerberus } from '@cerberus-otel/instrumentation';
import { NodeSDK } from '@opentelemetry/sdk-node';

export const sdk = new NodeSDK(withCerberus({ instrumentations: [new HttpServerInstrumentation()] }));
sdk.start();
