import { create, fromBinary, toBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import type { FinishedSpan } from '@cerberus-otel/exporter-ws/translation';

import { attributeRecord, isResourceName, isSpanName } from './attribute-names.ts';
import type { Encoding, PartialSuccess, ResourceSpans } from './encoding.ts';
import { finishedSpan, OTLP_KIND_SERVER } from './finished-span.ts';
import { checkRequestPieces, checkSpanPieces, elementsOfLongList } from './pieces.ts';
import {
  RpcStatusSchema,
  ScalarSchema,
  SpanKindSchema,
  SpanSchema,
  TraceRequestSchema,
  TraceResponseSchema,
  ValueSchema,
  type Attribute,
  type Scalar,
  type Value,
} from './schema/otlp_pb.ts';

/** OTLP in Protocol Buffers. */
export const BINARY_ENCODING: Encoding = {
  contentType: 'application/x-protobuf',
  readRequest,
  readSpan,
  writeResponse,
  writeStatus: (code, message) => encoded(RpcStatusSchema, create(RpcStatusSchema, { code, message })),
};

function decoded<Schema extends DescMessage>(schema: Schema, bytes: Uint8Array): MessageShape<Schema> {
  return fromBinary(schema, bytes, { readUnknownFields: false });
}

function encoded<Schema extends DescMessage>(schema: Schema, message: MessageShape<Schema>): Buffer {
  return Buffer.from(toBinary(schema, message));
}

function readRequest(bytes: Buffer, most: number): readonly ResourceSpans[] {
  checkRequestPieces(bytes, most);
  return decoded(TraceRequestSchema, bytes).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const spans = scopeSpans.flatMap((scope) => scope.spans);
    return spans.length === 0
      ? []
      : [{ attributes: attributesOf(resource?.attributes ?? [], isResourceName), spans }];
  });
}

function readSpan(sent: unknown): FinishedSpan | undefined {
  const bytes = sent as Uint8Array;
  if (decoded(SpanKindSchema, bytes).kind !== OTLP_KIND_SERVER) return undefined;
  checkSpanPieces(bytes);
  const span = decoded(SpanSchema, bytes);
  return finishedSpan({
    traceId: hexOf(span.traceId),
    spanId: hexOf(span.spanId),
    startNanos: span.startTimeUnixNano,
    endNanos: span.endTimeUnixNano,
    statusCode: span.status?.code ?? 0,
    attributes: attributesOf(span.attributes, isSpanName),
  });
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function attributesOf(
  attributes: readonly Attribute[],
  isWanted: (name: string) => boolean,
): Record<string, unknown> {
  const record = attributeRecord();
  for (const { key, value } of attributes) if (isWanted(key)) record[key] = attributeValue(value);
  return record;
}

function attributeValue(sent: Uint8Array): unknown {
  const elements = elementsOfLongList(sent);
  return elements === undefined
    ? valueOf(decoded(ValueSchema, sent).value)
    : elements.map((each) => valueOf(decoded(ScalarSchema, each).value));
}

function valueOf(value: Value['value'] | Scalar['value']): unknown {
  if (value.case === 'arrayValue') return value.value.values.map((each) => valueOf(each.value));
  return value.case === 'intValue' ? Number(value.value) : value.value;
}

function writeResponse(partial: PartialSuccess | undefined): Buffer {
  const partialSuccess = partial && { ...partial, rejectedSpans: BigInt(partial.rejectedSpans) };
  return encoded(
    TraceResponseSchema,
    create(TraceResponseSchema, partialSuccess === undefined ? {} : { partialSuccess }),
  );
}
