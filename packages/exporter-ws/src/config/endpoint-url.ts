import { CerberusConfigError } from './config-error.ts';
import { environmentVariable, invalid } from './option-reader.ts';

const { BlockList, isIP } = process.getBuiltinModule('node:net');

const SECRET_QUERY_KEY = /token|key|secret|password/i;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether TLS is spoken to what a `wss:` or `https:` URL names. */
export function isSecure({ protocol }: URL): boolean {
  return protocol === 'wss:' || protocol === 'https:';
}

/** The host that a URL leads to, an IPv6 address without its brackets. */
export function hostOf({ hostname }: URL): string {
  return withoutBrackets(hostname);
}

/** The port that a URL leads to: its own, or that of its scheme. */
export function portOf(url: URL): string {
  return url.port === '' ? (isSecure(url) ? '443' : '80') : url.port;
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** True for `localhost`, names below it, 127.0.0.0/8 and ::1: traffic to them never leaves the machine. */
export function isLoopbackHost(hostname: string): boolean {
  const host = withoutBrackets(hostname).toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Checks the URL of a backend: one of the two schemes, no credentials in it (they would reach logs and
 * traces), and encrypted unless it stays on this machine or the caller allows otherwise.
 *
 * @throws CerberusConfigError whose message never repeats the URL
 */
export function endpointUrl(
  name: string,
  value: string,
  schemes: { readonly secure: string; readonly plain: string },
  allowInsecureTransport: boolean,
): URL {
  const rule = `a ${schemes.plain}// or ${schemes.secure}// URL`;
  if (!URL.canParse(value)) return invalid(name, rule, 'what is not a URL');
  const url = new URL(value);
  if (url.protocol !== schemes.secure && url.protocol !== schemes.plain) {
    return invalid(name, rule, `protocol \`${url.protocol}\``);
  }
  if (url.username !== '' || url.password !== '') {
    return invalid(name, `${rule} without user name or password; give the token as \`token\``);
  }
  if ([...url.searchParams.keys()].some((key) => SECRET_QUERY_KEY.test(key))) {
    return invalid(name, `${rule} without credentials in its query; give the token as \`token\``);
  }
  if (url.hash !== '') return invalid(name, `${rule} without a fragment`);
  if (url.protocol === schemes.plain && !allowInsecureTransport && !isLoopbackHost(url.hostname)) {
    throw new CerberusConfigError(
      'INSECURE_TRANSPORT',
      name,
      `\`${name}\` must be ${schemes.secure}// for a host that is not loopback; to send the token and the ` +
        `events unencrypted all the same, set \`allowInsecureTransport\` (${environmentVariable('allowInsecureTransport')}=true)`,
    );
  }
  return url;
}
