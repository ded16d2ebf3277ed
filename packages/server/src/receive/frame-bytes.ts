import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';

import { systemCodeOf } from '../errors.ts';

/** The UTF-8 of a batch-mode message, or why there is none. */
export type FrameBytes =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: 'too_large' | 'invalid_message' };

/**
 * A text message is the text; a binary one is its gzip. Inflating stops at the limit, however far the data would
 * expand. It is synchronous because a frame must not be overtaken by the next one, and cheap because the output is
 * bounded.
 */
export function frameBytes(data: Buffer, binary: boolean, maxBytes: number): FrameBytes {
  // The WebSocket library has checked the UTF-8 of text messages (RFC 6455, 8.1).
  if (!binary) return { ok: true, bytes: data };
  try {
    const bytes = gunzipSync(data, { maxOutputLength: maxBytes });
    return isUtf8(bytes) ? { ok: true, bytes } : { ok: false, reason: 'invalid_message' };
  } catch (error) {
    const reason = systemCodeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'invalid_message';
    return { ok: false, reason };
  }
}
