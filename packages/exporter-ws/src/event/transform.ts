import type { CerberusEvent } from './cerberus-event.ts';
import { translateRpcSpan } from './rpc-span.ts';
import { translateServerSpan, type TranslateConfig } from './server-span.ts';
import type { FinishedSpan } from './span.ts';

/** Turns one kind of span into an event; undefined when the span is not of its kind. */
type Translator = (span: FinishedSpan, config: TranslateConfig) => CerberusEvent | undefined;

/** One entry per kind of span; the first that knows the span wins. */
const TRANSLATORS: readonly Translator[] = [translateServerSpan, translateRpcSpan];

/**
 * The event of a span, or undefined when none is due.
 *
 * @throws whatever a hostile attribute throws when it is read; the caller counts such a span as invalid
 */
export function translate(span: FinishedSpan, config: TranslateConfig): CerberusEvent | undefined {
  for (const translator of TRANSLATORS) {
    const event = translator(span, config);
    if (event !== undefined) return event;
  }
  return undefined;
}
