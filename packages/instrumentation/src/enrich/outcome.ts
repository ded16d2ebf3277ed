import { SpanStatusCode } from '@opentelemetry/api';

/** How a request ended. */
export type Outcome = 'completed' | 'aborted' | 'error';

/** What tells how it ended; `response` only where the request is known. */
export interface Ending {
  readonly statusCode: number | undefined;
  readonly spanStatus: SpanStatusCode;
  readonly response?:
    | { readonly writableFinished: boolean; readonly socketFailed: boolean; readonly destroyed: boolean }
    | undefined;
}

/**
 * An abort looks like a success on the span: instrumentation-http ends it with the status that the handler
 * meant to send. So the response itself is asked, and the abort wins over that status. A span may also end before its response, as
 * that of a handler that throws: then nobody has hung up.
 */
export function outcomeOf(ending: Ending): Outcome {
  const { response } = ending;
  if (response?.destroyed === true && (!response.writableFinished || response.socketFailed)) return 'aborted';
  if (ending.spanStatus === SpanStatusCode.ERROR) return 'error';
  return ending.statusCode !== undefined && ending.statusCode >= 500 ? 'error' : 'completed';
}
