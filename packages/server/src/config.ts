import { ADDRESS_SOURCES, type AddressSource } from './addresses/span-address.ts';
import { parseTrustProxy, TRUST_PROXY_RULE, type TrustProxy } from './addresses/trusted-proxies.ts';
import { CerberusServerError } from './errors.ts';
import {
  integerOf,
  isWithin,
  NUMBER_RULES,
  textOfRule,
  type NumberOption,
  type NumberRule,
} from './number-options.ts';
import { parseStoreUrl, type StoreAddress } from './store/store-address.ts';
import { KEY_ROTATIONS, type KeyRotation, type ServerOptions } from './server-options.ts';

export type { KeyRotation, ServerOptions } from './server-options.ts';

/** The options that are texts. */
export const TEXT_OPTIONS = [
  'host',
  'db',
  'token',
  'secretKey',
  'memoryLimit',
  'rotateKey',
  'traceUrlTemplate',
  'publicUrl',
  'store',
  'tlsCert',
  'tlsKey',
  'alerts',
  'otlpAddress',
] as const;

type TextOption = (typeof TEXT_OPTIONS)[number];

/** All options, resolved and checked. `token` and `secretKey` stay open until the database's folder is known. */
export type ServerConfig = Readonly<Record<NumberOption, number>> & {
  readonly host: string;
  readonly db: string;
  /** In the place of `db`. */
  readonly store: StoreAddress | undefined;
  readonly memoryLimit: string;
  readonly rotateKey: KeyRotation;
  readonly signIn: boolean;
  /** Path, and `tlsKey` with it. */
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  readonly traceUrlTemplate: string | undefined;
  /** Without a slash at its end. */
  readonly publicUrl: string | undefined;
  /** Path. */
  readonly alerts: string | undefined;
  readonly trustProxy: TrustProxy;
  readonly otlpTrustProxy: TrustProxy;
  readonly otlpAddress: AddressSource;
  readonly token: string | undefined;
  readonly secretKey: string | undefined;
};

/** With half of it frames of 1,000 events were still stored and read, with a quarter most were not. */
const MIN_MEMORY_BYTES = 64_000_000;

/** Environment, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The variable that sets an option: `maxFrameBytes` → `CERBERUS_SERVER_MAX_FRAME_BYTES`. */
export function variableOf(option: string): string {
  return `CERBERUS_SERVER_${option.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/**
 * Completes and checks the options.
 *
 * @throws CerberusServerError `INVALID_OPTION`: the message names the option and the rule, never a secret's value
 */
export function resolveConfig(options: ServerOptions, env: Environment): ServerConfig {
  const numbers = Object.fromEntries(
    Object.entries(NUMBER_RULES).map(([name, rule]) => [
      name,
      numberOf(name, rule, options[name as NumberOption], env),
    ]),
  ) as Record<NumberOption, number>;
  const host = textOf('host', options, env) ?? '127.0.0.1';
  const token = secretOf('token', options, env);
  const secretKey = secretOf('secretKey', options, env);
  return Object.freeze({
    ...numbers,
    host,
    db: fileOf(textOf('db', options, env) ?? './cerberus.duckdb'),
    store: storeAddressOf(options, env, token !== undefined && secretKey !== undefined),
    memoryLimit: memoryOf(textOf('memoryLimit', options, env) ?? '512MB'),
    signIn: signInOf(options.signIn ?? true, host, token),
    alerts: textOf('alerts', options, env),
    traceUrlTemplate: traceUrlOf(textOf('traceUrlTemplate', options, env)),
    publicUrl: publicUrlOf(textOf('publicUrl', options, env)),
    trustProxy: trustProxyOf('trustProxy', options, env),
    otlpTrustProxy: trustProxyOf('otlpTrustProxy', options, env),
    otlpAddress: addressSourceOf(textOf('otlpAddress', options, env) ?? 'peer'),
    ...tlsFilesOf(options, env),
    token,
    secretKey,
    rotateKey: rotationOf(textOf('rotateKey', options, env) ?? 'off', secretKey),
  });
}

/** A URL may have a password in it, so it is not shown. */
function fileOf(db: string): string {
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(db))
    throw optionError(
      'db',
      'must be the path of a file, or :memory: (the URL of a PostgreSQL database is a `store`)',
    );
  return db;
}

function storeAddressOf(
  options: ServerOptions,
  env: Environment,
  hasSecrets: boolean,
): StoreAddress | undefined {
  if (typeof options.store === 'object') return undefined;
  const url = textOf('store', options, env);
  if (url === undefined) return undefined;
  if (!hasSecrets)
    throw optionError(
      'store',
      'goes with a `token` and a `secretKey` that all servers on the database are given',
    );
  const address = parseStoreUrl(url);
  if (address === undefined)
    throw optionError('store', 'must be a URL such as postgres://user@host1,host2/database');
  return address;
}

/**
 * Whether a variable says something: not an empty one, nor what Kubernetes writes in each pod of a service that is called `cerberus-server`,
 * its address in place of the port.
 */
export function isSet(variable: string, text: string | undefined): text is string {
  const isServiceLink = variable === variableOf('port') && text?.startsWith('tcp://') === true;
  return text !== undefined && text !== '' && !isServiceLink;
}

function numberOf(name: string, rule: NumberRule, given: number | undefined, env: Environment): number {
  const variable = variableText(name, env);
  const value: unknown = given ?? (isSet(variableOf(name), variable) ? integerOf(variable) : rule.default);
  if (typeof value === 'number' && isWithin(value, rule)) return value;
  throw optionError(name, textOfRule(rule));
}

/**
 * What the variable of an option says, without what is around it, as the instrumentation reads its own: a secret in a file ends with a line
 * end. `undefined` where it is not there, or empty.
 */
export function variableText(option: string, env: Environment): string | undefined {
  const text = env[variableOf(option)];
  return text === '' ? undefined : text?.trim();
}

function textOf(name: TextOption, options: ServerOptions, env: Environment): string | undefined {
  const value: unknown = options[name] ?? variableText(name, env);
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() !== '' && !value.includes('\0')) return value;
  throw optionError(name, 'must be a text that is not empty');
}

/** A token travels in an HTTP header, so it must be visible ASCII without spaces. */
function secretOf(name: 'token' | 'secretKey', options: ServerOptions, env: Environment): string | undefined {
  const value = textOf(name, options, env);
  if (value === undefined || name === 'secretKey' || /^[\x21-\x7e]{1,512}$/.test(value)) return value;
  throw optionError(name, 'must be 1 to 512 visible ASCII characters without spaces');
}

function signInOf(signIn: unknown, host: string, token: string | undefined): boolean {
  if (signIn === true) return signIn;
  if (signIn === false && isLoopback(host) && token === undefined) return signIn;
  const rule = 'must be true, or false with a loopback `host` and without a `token` of your own';
  throw new CerberusServerError('INVALID_OPTION', `\`signIn\` ${rule}`);
}

/** Whether only this machine can connect to an address to listen on. */
export function isLoopback(host: string): boolean {
  return /^(?:127(?:\.\d{1,3}){3}|::1|localhost)$/.test(host);
}

function tlsFilesOf(options: ServerOptions, env: Environment): Pick<ServerConfig, 'tlsCert' | 'tlsKey'> {
  const tlsCert = textOf('tlsCert', options, env);
  const tlsKey = textOf('tlsKey', options, env);
  if (tlsCert !== undefined && tlsKey === undefined) throw optionError('tlsCert', 'goes with a `tlsKey`');
  if (tlsCert === undefined && tlsKey !== undefined) throw optionError('tlsKey', 'goes with a `tlsCert`');
  return { tlsCert, tlsKey };
}

function traceUrlOf(value: string | undefined): string | undefined {
  if (value === undefined) return value;
  const isWebUrl = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
  if (isWebUrl && value.includes('{trace_id}')) return value;
  throw optionError('traceUrlTemplate', 'must be an http:// or https:// URL with {trace_id} in it');
}

function publicUrlOf(value: string | undefined): string | undefined {
  if (value === undefined) return value;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isWhole = url !== undefined && /^https?:$/.test(url.protocol) && !/[?#]/.test(value);
  // Messages are kept and passed on: nobody's password belongs into them.
  if (isWhole && url.username === '' && url.password === '') return url.href.replace(/\/+$/, '');
  throw optionError('publicUrl', 'must be an http:// or https:// URL without a user, a query and a fragment');
}

function trustProxyOf(
  name: 'trustProxy' | 'otlpTrustProxy',
  options: ServerOptions,
  env: Environment,
): TrustProxy {
  const trust = parseTrustProxy(options[name] ?? variableText(name, env) ?? false);
  if (trust !== undefined) return trust;
  throw optionError(name, TRUST_PROXY_RULE);
}

function addressSourceOf(value: string): AddressSource {
  const source = ADDRESS_SOURCES.find((each) => each === value);
  if (source !== undefined) return source;
  throw optionError('otlpAddress', `must be one of ${ADDRESS_SOURCES.join(', ')}`);
}

function rotationOf(value: string, secretKey: string | undefined): KeyRotation {
  const rotation = KEY_ROTATIONS.find((each) => each === value);
  if (rotation === undefined) throw optionError('rotateKey', `must be one of ${KEY_ROTATIONS.join(', ')}`);
  if (rotation === 'off' || secretKey === undefined) return rotation;
  throw optionError(
    'rotateKey',
    'goes with a key that the server made up, and not with a `secretKey` of your own',
  );
}

function memoryOf(value: string): string {
  if (bytesOf(value) >= MIN_MEMORY_BYTES) return value;
  throw optionError('memoryLimit', 'must be a size such as 512MB or 2GB, and 64MB at least');
}

/** Of a size such as `512MB`; NaN for what is none. */
export function bytesOf(size: string): number {
  const [, amount, unit = ''] = /^([1-9]\d{0,8}) ?([KMGT]i?B)$/i.exec(size) ?? [];
  const base = unit.length === 3 ? 1024 : 1000;
  return Number(amount) * base ** ('kmgt'.indexOf(unit.charAt(0).toLowerCase()) + 1);
}

/** The refusal of an option. @param rule - what it must be */
export function optionError(name: string, rule: string): CerberusServerError {
  return new CerberusServerError('INVALID_OPTION', `\`${name}\` (${variableOf(name)}) ${rule}`);
}
