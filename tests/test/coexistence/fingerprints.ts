import type { Sink } from '../support/sink.js';

/** What the others sent, in a form in which two runs can be compared. */
export type Fingerprint = (sink: Sink, lines: readonly Record<string, unknown>[]) => readonly string[];

interface OtlpSpan {
  readonly kind: number;
  readonly name: string;
  readonly attributes: readonly { readonly key: string }[];
  readonly status?: { readonly code?: number };
}

interface OtlpBody {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly {
      readonly scope: { readonly name: string };
      readonly spans: readonly OtlpSpan[];
    }[];
  }[];
}

/** Spans that went out by OTLP, with the names of all their attributes. */
export const otlp: Fingerprint = (sink) =>
  sink.bodies
    .filter((body) => body.startsWith('{"resourceSpans"'))
    .flatMap((body) => (JSON.parse(body) as OtlpBody).resourceSpans ?? [])
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ scope, spans }) =>
      spans.map(({ kind, name, attributes, status }) =>
        [scope.name, kind, name, status?.code, ...attributes.map(({ key }) => key).toSorted()].join(' '),
      ),
    )
    .toSorted();

/** How often each of the texts that an expression finds is in what was sent. */
export const found =
  (expression: RegExp): Fingerprint =>
  ({ text }) =>
    [...text.matchAll(expression)].map(([match]) => match).toSorted();

/** Transactions of Sentry and what they are. */
export const transactions = found(/"type":"transaction"|"transaction":"[^"]*"|"op":"[^"]*"/g);

/** What a recorder in it was given. */
export const recorded: Fingerprint = (_sink, lines) =>
  lines
    .flatMap((line) => (line['spans'] ?? []) as object[])
    .map((span) => JSON.stringify(span))
    .toSorted();
