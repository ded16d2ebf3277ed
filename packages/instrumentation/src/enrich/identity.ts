import type { KeyObject } from 'node:crypto';
import type { Attributes } from '@opentelemetry/api';
import { CERBERUS_ATTRIBUTE } from '@cerberus-otel/exporter-ws/internal';
import type { Consumer } from './consumer.ts';
import { findClient, type ForwardedHeader, type Origin } from './client-address.ts';
import { pseudonym } from './ip-hasher.ts';
import { syntheticTypeOf } from './synthetic-type.ts';
import { compileTrust, type Trust, type TrustProxy } from './trust-proxy.ts';

const { sourceIp: SOURCE_IP, userId: USER_ID, scheme: SCHEME } = CERBERUS_ATTRIBUTE;
const {
  consumer: CONSUMER,
  consumerGroup: CONSUMER_GROUP,
  consumerLabel: CONSUMER_LABEL,
} = CERBERUS_ATTRIBUTE;

/** What decides who a request is said to come from. */
export interface IdentityOptions {
  readonly sourceIp: 'hash' | 'raw' | 'omit';
  readonly userId: 'hash' | 'raw';
  readonly trustProxy: TrustProxy | undefined;
  readonly forwardedHeader: ForwardedHeader;
}

/** Hashes the address of one connection's peer, and may know it already. */
interface AddressHash {
  under(key: KeyObject, address: string): string;
}

/** What is known of who sent a request. */
export interface Sender {
  readonly origin: Origin;
  readonly userId: string | undefined;
  readonly userAgent?: string | undefined;
  readonly consumer?: Consumer | undefined;
  /** Of the connection, where it is known. */
  readonly peerHash?: AddressHash | undefined;
}

/** Writes who a request comes from, as pseudonyms unless raw values were asked for by name. */
export class Identity {
  readonly #options: IdentityOptions;
  readonly #trust: Trust | undefined;

  constructor(options: IdentityOptions) {
    this.#options = options;
    this.#trust = compileTrust(options.trustProxy);
  }

  /**
   * Writes into the object: `setAttribute` would refuse at the attribute limit, and cut a pseudonym at the
   * length limit.
   *
   * @returns false when something is left out that a key would have allowed
   */
  write(attributes: Attributes, sender: Sender, key: KeyObject | undefined): boolean {
    const { sourceIp, userId } = this.#options;
    const client = findClient(sender.origin, this.#trust, this.#options.forwardedHeader);
    const address = sourceIp === 'omit' ? undefined : client.address;
    // A proxy's connection carries many clients, and whoever may speak for others is no client of its own.
    const hash = this.#trust === undefined ? sender.peerHash : undefined;
    const shownAddress = shown(address, sourceIp === 'raw', key, hash);
    if (shownAddress === undefined) takeAway(attributes, SOURCE_IP);
    else attributes[SOURCE_IP] = shownAddress;
    const shownUser = shown(sender.userId, userId === 'raw', key);
    if (shownUser === undefined) takeAway(attributes, USER_ID);
    else attributes[USER_ID] = shownUser;
    writeConsumer(attributes, sender.consumer, key);
    if (client.scheme === undefined) takeAway(attributes, SCHEME);
    else attributes[SCHEME] = client.scheme;
    const type = syntheticTypeOf(sender.userAgent);
    if (type !== undefined) attributes[CERBERUS_ATTRIBUTE.syntheticType] = type;
    if (key !== undefined) return true;
    const lacksAddress = address !== undefined && sourceIp === 'hash';
    const lacksUser = sender.userId !== undefined && userId === 'hash';
    return !lacksAddress && !lacksUser && sender.consumer === undefined;
  }
}

/** Without a key nothing of it is sent: the exporter leaves out the group and the label of nobody. */
function writeConsumer(
  attributes: Attributes,
  consumer: Consumer | undefined,
  key: KeyObject | undefined,
): void {
  const id = shown(consumer?.id, false, key);
  if (id === undefined) takeAway(attributes, CONSUMER);
  else attributes[CONSUMER] = id;
  if (consumer === undefined || id === undefined) return;
  if (consumer.group === undefined) takeAway(attributes, CONSUMER_GROUP);
  else attributes[CONSUMER_GROUP] = consumer.group;
  if (consumer.label === undefined) takeAway(attributes, CONSUMER_LABEL);
  else attributes[CONSUMER_LABEL] = consumer.label;
}

function shown(
  value: string | undefined,
  raw: boolean,
  key: KeyObject | undefined,
  hash?: AddressHash,
): string | undefined {
  if (value === undefined || raw) return value;
  if (key === undefined) return undefined;
  return hash === undefined ? pseudonym(key, value) : hash.under(key, value);
}

/** What another processor, with another key, wrote in this place. */
function takeAway(attributes: Attributes, name: string): void {
  if (Object.hasOwn(attributes, name)) delete attributes[name];
}
