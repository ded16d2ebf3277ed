import { createHash } from 'node:crypto';

import * as v from 'valibot';

import type { Documents, StoredDocument } from '../../store/documents.ts';
import {
  textOfEndpoint,
  type EndpointOfApplication,
  type EndpointThreshold,
} from '../../store/questions/endpoint-threshold.ts';

const KIND = 'apdex_threshold';

/** Most endpoints that have a threshold of their own. */
export const MAX_THRESHOLDS = 1000;

/** Why nothing was changed. */
export type ThresholdRefusal = 'full' | 'missing' | 'conflict';

const CONTENT = v.object({
  clientId: v.string(),
  method: v.string(),
  endpoint: v.string(),
  thresholdMillis: v.number(),
});

/** Thresholds that endpoints have as their own: one document of the store for each, the same for all servers on a database. */
export class KeptThresholds {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** In the order in which endpoints got one. What a later version of the server has made, and this one cannot read, is left to it. */
  async list(): Promise<readonly EndpointThreshold[]> {
    return (await this.#documents.list([KIND])).flatMap(({ content }) => {
      const parsed = v.safeParse(CONTENT, JSON.parse(content));
      return parsed.success ? [parsed.output] : [];
    });
  }

  /** The threshold of an endpoint, milliseconds. */
  async of(endpoint: EndpointOfApplication): Promise<number | undefined> {
    const name = textOfEndpoint(endpoint);
    return (await this.list()).find((each) => textOfEndpoint(each) === name)?.thresholdMillis;
  }

  /** @returns why not; `undefined` when it is kept */
  async set(threshold: EndpointThreshold): Promise<ThresholdRefusal | undefined> {
    const kept = await this.#documents.list([KIND]);
    const before = documentOf(kept, threshold);
    if (before === undefined && kept.length >= MAX_THRESHOLDS) return 'full';
    return this.#change(threshold, before?.version ?? 0, JSON.stringify(threshold));
  }

  /** @returns why not; `undefined` when the endpoint has none any more */
  async remove(endpoint: EndpointOfApplication): Promise<ThresholdRefusal | undefined> {
    const before = documentOf(await this.#documents.list([KIND]), endpoint);
    return before === undefined ? 'missing' : this.#change(endpoint, before.version, undefined);
  }

  async #change(
    endpoint: EndpointOfApplication,
    version: number,
    content: string | undefined,
  ): Promise<ThresholdRefusal | undefined> {
    const change = { kind: KIND, id: idOf(endpoint), version, content };
    return (await this.#documents.change([change])) ? undefined : 'conflict';
  }
}

function documentOf(
  kept: readonly StoredDocument[],
  endpoint: EndpointOfApplication,
): StoredDocument | undefined {
  const wanted = idOf(endpoint);
  return kept.find(({ id }) => id === wanted);
}

/** Names of endpoints may be longer than what a database takes for a key. */
function idOf(endpoint: EndpointOfApplication): string {
  return createHash('sha256').update(textOfEndpoint(endpoint)).digest('hex');
}
