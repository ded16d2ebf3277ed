import { isLoopbackHost, isSecure } from './endpoint-url.ts';
import { isExempt } from './no-proxy.ts';
import { invalid, type Environment, type OptionKind } from './option-reader.ts';

/** An HTTP proxy that is asked to `CONNECT`. */
export interface ProxyServer {
  /** `http:` or `https:`, without user name and password. */
  readonly url: URL;
  /** The value of `Proxy-Authorization`. */
  readonly authorization: string | undefined;
}

/** The option `proxy`: a proxy, none whatever the environment says, or what the environment says. */
export type ProxySetting = ProxyServer | 'none' | undefined;

/** The way to a backend. */
export interface ProxyChoice {
  /** Undefined for a direct connection. */
  readonly server: ProxyServer | undefined;
  /** The variable that names a proxy which cannot be used, so that there is none. */
  readonly unusable: string | undefined;
}

const DIRECT: ProxyChoice = { server: undefined, unusable: undefined };
const RULE = 'an http:// or https:// URL of a proxy, or `none`';

/** A string; its value may hold a password and is never shown. */
export function proxyOption(): OptionKind<ProxySetting> {
  return {
    fallback: undefined,
    fromEnv: (value) => value,
    parse(value, name) {
      if (value === 'none') return 'none';
      return (typeof value === 'string' ? proxyServer(value) : undefined) ?? invalid(name, RULE);
    },
  };
}

/**
 * Which proxy leads to `target`: the one of the option, or, as curl does it, that of `https_proxy` or `HTTPS_PROXY` (for
 * `wss:` and `https:`), of `http_proxy` or `HTTP_PROXY` (for the others), or of `all_proxy` or `ALL_PROXY`, unless
 * `no_proxy` or `NO_PROXY` names its host. None leads to a loopback host. Pure.
 */
export function chooseProxy(target: URL, setting: ProxySetting, env: Environment): ProxyChoice {
  if (setting === 'none' || isLoopbackHost(target.hostname)) return DIRECT;
  if (setting !== undefined) return { server: setting, unusable: undefined };
  const variable = firstSet(env, [isSecure(target) ? 'https_proxy' : 'http_proxy', 'all_proxy']);
  if (variable === undefined || isExempt(target, valueOf(env, 'no_proxy') ?? '')) return DIRECT;
  const server = proxyServer(env[variable]?.trim() ?? '');
  return { server, unusable: server === undefined ? variable : undefined };
}

function firstSet(env: Environment, names: readonly string[]): string | undefined {
  return names.flatMap((name) => [name, name.toUpperCase()]).find((name) => isSet(env[name]));
}

function valueOf(env: Environment, name: string): string | undefined {
  const found = firstSet(env, [name]);
  return found === undefined ? undefined : env[found];
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value.trim() !== '';
}

/** Without a scheme it is `http:`, as for curl and Go. */
function proxyServer(value: string): ProxyServer | undefined {
  const text = /^[a-z][\d+.a-z-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return undefined;
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const authorization = username === '' && password === '' ? undefined : basic(username, password);
  return { url, authorization };
}

/** RFC 7617. In a URL both are percent-encoded. */
function basic(username: string, password: string): string {
  const credentials = [username, password].map(decoded).join(':');
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
