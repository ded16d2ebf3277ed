import { gunzipSync } from 'node:zlib';

import { systemCodeOf } from './errors.ts';

/** The text of a batch-mode message, or why there is none. */
export type FrameText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: 'too_large' | 'invalid_message' };

/**
 * A text message is the text; a binary one is its gzip. Inflating stops at the limit, however far the data would
 * expand. It is synchronous because a frame must not be overtaken by the next one, and cheap because the output is
 * bounded.
 */
export function frameText(data: Buffer, binary: boolean, maxBytes: number): FrameText {
  // The WebSocket library has checked the UTF-8 of text messages (RFC 6455, 8.1).
  if (!binary) return { ok: true, text: data.toString('utf8') };
  try {
    const inflated = gunzipSync(data, { maxOutputLength: maxBytes });
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(inflated) };
  } catch (error) {
    const reason = systemCodeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'invalid_message';
    return { ok: false, reason };
  }
}
