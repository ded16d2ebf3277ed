import { oneOf } from '@cerberus-otel/exporter-ws/internal';

/** How `capture` is read: in `withCerberus`, and as `CERBERUS_CAPTURE` for `register` too. */
export const CAPTURE_OPTION: ReturnType<typeof oneOf<readonly ['auto', 'light', 'otel']>> = oneOf(
  ['auto', 'light', 'otel'],
  'auto',
);
