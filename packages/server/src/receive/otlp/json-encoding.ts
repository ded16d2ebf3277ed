import type { FinishedSpan } from '@cerberus-otel/exporter-ws/translation';

import { isJsonObject } from '../../event/validation.ts';
import { attributeRecord, isResourceName, isSpanName } from './attribute-names.ts';
import type { Encoding, PartialSuccess, ResourceSpans } from './encoding.ts';
import { finishedSpan, OTLP_KIND_SERVER } from './finished-span.ts';
import { checkJsonValues, MAX_SPAN_ATTRIBUTES, PieceCount } from './pieces.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** OTLP in JSON: as Protocol Buffers have it, but ids are hexadecimal and enums are numbers. Names are taken for these, too. */
export const JSON_ENCODING: Encoding = {
  contentType: 'application/json',
  readRequest,
  readSpan,
  writeResponse,
  writeStatus: (code, message) => Buffer.from(JSON.stringify({ code, message })),
};

function readRequest(bytes: Buffer, most: number): readonly ResourceSpans[] {
  checkJsonValues(bytes, most);
  const request = objectOf(JSON.parse(bytes.toString('utf8')));
  const pieces = new PieceCount(most);
  return pieces.of(listOf(request['resourceSpans'])).flatMap((each) => {
    const { resource, scopeSpans } = objectOf(each);
    const attributes = pieces.of(listOf(objectOf(resource ?? {})['attributes']));
    const spans = pieces
      .of(listOf(scopeSpans))
      .flatMap((scope) => pieces.of(listOf(objectOf(scope)['spans'])));
    return spans.length === 0 ? [] : [{ attributes: attributesOf(attributes, isResourceName), spans }];
  });
}

function readSpan(sent: unknown): FinishedSpan | undefined {
  const span = objectOf(sent);
  const { kind } = span;
  if (kind !== OTLP_KIND_SERVER && kind !== 'SPAN_KIND_SERVER') return undefined;
  return finishedSpan({
    traceId: hexOf(span['traceId']),
    spanId: hexOf(span['spanId']),
    startNanos: nanosOf(span['startTimeUnixNano']),
    endNanos: nanosOf(span['endTimeUnixNano']),
    statusCode: statusOf(objectOf(span['status'] ?? {})['code']),
    attributes: attributesOf(spanAttributes(span), isSpanName),
  });
}

function spanAttributes(span: JsonObject): readonly unknown[] {
  return new PieceCount(MAX_SPAN_ATTRIBUTES).of(listOf(span['attributes']));
}

function objectOf(value: unknown): JsonObject {
  if (isJsonObject(value)) return value;
  throw new TypeError('it is no object');
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new TypeError('it is no list');
}

function hexOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/** 64 bits: in digits, or as a number that has lost some of them. */
function nanosOf(value: unknown): bigint {
  if (value === undefined || value === null) return 0n;
  const isUsable = typeof value === 'string' ? /^\d{1,20}$/.test(value) : Number.isInteger(value);
  if (isUsable) return BigInt(value as string | number);
  throw new TypeError('it is no time');
}

function statusOf(value: unknown): number {
  if (value === 'STATUS_CODE_ERROR') return 2;
  return typeof value === 'number' ? value : 0;
}

function attributesOf(
  attributes: readonly unknown[],
  isWanted: (name: string) => boolean,
): Record<string, unknown> {
  const record = attributeRecord();
  for (const each of attributes) {
    const { key, value } = objectOf(each);
    if (typeof key === 'string' && isWanted(key)) record[key] = valueOf(value);
  }
  return record;
}

function valueOf(value: unknown): unknown {
  if (!isJsonObject(value)) return undefined;
  const list = value['arrayValue'];
  return isJsonObject(list) ? listOf(list['values']).map(scalarOf) : scalarOf(value);
}

function scalarOf(value: unknown): unknown {
  if (!isJsonObject(value)) return undefined;
  const { stringValue, boolValue, intValue, doubleValue } = value;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof boolValue === 'boolean') return boolValue;
  return numberOf(intValue) ?? numberOf(doubleValue);
}

/** `NaN` and `Infinity` are written as texts. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value !== '' ? Number(value) : undefined;
}

function writeResponse(partial: PartialSuccess | undefined): Buffer {
  if (partial === undefined) return Buffer.from('{}');
  const partialSuccess = { ...partial, rejectedSpans: String(partial.rejectedSpans) };
  return Buffer.from(JSON.stringify({ partialSuccess }));
}
