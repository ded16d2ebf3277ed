import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import { PatientProcessor } from './patient-processor.ts';
import { UnawareProcessor } from './unaware-processor.ts';

/** Somebody else's span processor beside `own`: it sees what it would see without us, and does not end before us. */
export function bystander(other: SpanProcessorLike, own: SpanProcessorLike): SpanProcessorLike {
  return new PatientProcessor(new UnawareProcessor(other), own);
}
