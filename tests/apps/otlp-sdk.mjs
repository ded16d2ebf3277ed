// OpenTelemetry alone, set up by its variables; `x-forwarded-for` is put on spans.
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

const headersToSpanAttributes = { server: { requestHeaders: ['x-forwarded-for'] } };
new NodeSDK({ instrumentations: [new HttpInstrumentation({ headersToSpanAttributes })] }).start();
