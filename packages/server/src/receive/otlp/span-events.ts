import {
  CERBERUS_ATTRIBUTE,
  Serializer,
  sourceIpOf,
  translate,
} from '@cerberus-otel/exporter-ws/translation';

import { pseudonymOf } from '../../addresses/pseudonym.ts';
import type { SpanAddress } from '../../addresses/span-address.ts';
import type { CerberusEvent } from '../../event/event.ts';
import { isHex } from '../../event/hex-text.ts';
import type { EventVerdict } from '../../event/validation.ts';
import type { Encoding } from './encoding.ts';
import { NamelessSpanError } from './finished-span.ts';

/** What becomes of a span. */
export type SpanVerdict =
  | {
      readonly kind: 'event';
      readonly event: CerberusEvent;
      /** What tells it from every other span. */
      readonly id: string;
      readonly bytes: number;
      readonly adjustments: readonly string[];
    }
  /** It is no HTTP or RPC request that a server answered. */
  | { readonly kind: 'other' }
  /** `why` is one of few texts, none of which a client wrote. */
  | { readonly kind: 'refused'; readonly why: string };

/** What a span becomes an event with. */
export interface SpanEventParts {
  readonly addressOf: SpanAddress;
  /** The key of this moment. */
  readonly secretKey: () => string;
  readonly validate: (value: unknown, clientId: string) => EventVerdict;
}

/** As an exporter has it that nobody told anything: the endpoint is the path, no user agent, no raw address. */
const TRANSLATION = { endpointFrom: 'path', captureUserAgent: false, allowRawSourceIp: false } as const;
const HASH_DIGITS = 64;
/** An event within the limits of the exporter has a third of it. */
const MAX_BYTES = 65_536;
const OTHER: SpanVerdict = Object.freeze({ kind: 'other' });

/**
 * Makes events of spans as the exporter does, by its own translation and its own writer, and reads them as if they had come from
 * there: whoever changes what an event is changes it for both. Only what is not hashed yet is hashed here first, or left out.
 */
export class SpanEvents {
  readonly #parts: SpanEventParts;
  readonly #serializer = new Serializer({ extendedFields: true, sourceIpField: 'source_ip' });
  readonly #buffer = Buffer.alloc(MAX_BYTES);

  constructor(parts: SpanEventParts) {
    this.#parts = parts;
  }

  /** Never throws, whatever was sent. */
  judge(sent: unknown, { readSpan }: Encoding, clientId: string): SpanVerdict {
    try {
      return this.#judge(sent, readSpan, clientId);
    } catch (error) {
      const isNameless = error instanceof NamelessSpanError;
      return { kind: 'refused', why: isNameless ? 'without a valid trace and span id' : 'not readable' };
    }
  }

  #judge(sent: unknown, readSpan: Encoding['readSpan'], clientId: string): SpanVerdict {
    const span = readSpan(sent);
    if (span === undefined) return OTHER;
    const attributes: Record<string, unknown> = span.attributes;
    this.#hashAddress(attributes);
    const adjustments = withoutRawIds(attributes);
    const event = translate(span, TRANSLATION);
    if (event === undefined) return OTHER;
    const bytes = this.#serializer.write(event, this.#buffer, 0);
    if (bytes > MAX_BYTES) return { kind: 'refused', why: 'too large' };
    const { dropped, cut } = this.#serializer.losses;
    if (dropped > 0) adjustments.push('metric_dropped');
    if (cut > 0) adjustments.push('text_cut');
    const verdict = this.#parts.validate(JSON.parse(this.#buffer.toString('utf8', 0, bytes)), clientId);
    if (!verdict.ok) return { kind: 'refused', why: `where ${verdict.error}` };
    adjustments.push(...verdict.adjustments);
    return { kind: 'event', event: verdict.event, id: event.traceId + event.spanId, bytes, adjustments };
  }

  /** One that passed through `CerberusSpanProcessor` has a pseudonym already. */
  #hashAddress(attributes: Record<string, unknown>): void {
    if (sourceIpOf(attributes[CERBERUS_ATTRIBUTE.sourceIp], false) !== null) return;
    const address = this.#parts.addressOf(attributes);
    if (address !== undefined)
      attributes[CERBERUS_ATTRIBUTE.sourceIp] = pseudonymOf(address, this.#parts.secretKey());
  }
}

/** Who may only be a pseudonym, such as `CerberusSpanProcessor` makes, and what is said where it is none. */
const IDS = [
  [CERBERUS_ATTRIBUTE.userId, 'user_id_not_hashed'],
  [CERBERUS_ATTRIBUTE.consumer, 'consumer_not_hashed'],
] as const;

/** Takes out what is no pseudonym. @returns what was taken out */
function withoutRawIds(attributes: Record<string, unknown>): string[] {
  const taken: string[] = [];
  for (const [name, reason] of IDS) {
    const id = attributes[name];
    if (id === undefined || (typeof id === 'string' && isHex(id, HASH_DIGITS))) continue;
    delete attributes[name];
    taken.push(reason);
  }
  return taken;
}
