// In the place of an example's own set-up: Cerberus without an SDK.
import { startCerberus } from '@cerberus-otel/instrumentation';

export const sdk = startCerberus();
