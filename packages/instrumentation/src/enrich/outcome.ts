import { SpanStatusCode } from '@opentelemetry/api';

/** How a request ended. */
export type Outcome = 'completed' | 'aborted' | 'error';

/** What tells how it ended; `response` only where the request is known. */
export interface Ending {
  readonly statusCode: number | undefined;
  readonly spanStatus: SpanStatusCode;
  readonly response?: { readonly writableFinished: boolean; readonly socketFailed: boolean } | undefined;
}

/**
 * An abort looks like a success on the span: instrumentation-http ends it with the status that the handler
 * meant to send. So the response itself is asked, and the abort wins over that status.
 */
export function outcomeOf(ending: Ending): Outcome {
  const { response } = ending;
  if (response !== undefined && (!response.writableFinished || response.socketFailed)) return 'aborted';
  if (ending.spanStatus === SpanStatusCode.ERROR) return 'error';
  return ending.statusCode !== undefined && ending.statusCode >= 500 ? 'error' : 'completed';
}
