/** What may be wrong where a backend cannot be reached or refuses, for people; empty where it cannot be told. */
export interface Hints {
  /** Of an HTTP status. */
  readonly onStatus: (status: number) => string;
  /** Of a code of Node.js. */
  readonly onCode: (code: string) => string;
}

const BAD_TOKEN = ': it does not know the token (CERBERUS_TOKEN)';
const OTHER_PURPOSE = ': the token (CERBERUS_TOKEN) is not for this';
const NO_BACKEND =
  ': no Cerberus backend is at this path of `wsUrl` (CERBERUS_WS_URL); that of our server is /ws/events';
const NO_HANDSHAKE =
  ': no WebSocket handshake reached the backend; a proxy on the way has to pass on Upgrade and Connection';
const NO_KEY =
  ': no Cerberus backend is at `backendUrl` (CERBERUS_BACKEND_URL); of our server it is the address of its page';

/** In the place of a code. */
export const NO_WS = '`ws`, which cannot be loaded';
const IN_BUNDLES =
  ': it is not installed, or in a bundle of ES modules without `require` (docs/coexistence.md, "Bundlers")';

const ON_CODE: readonly (readonly [RegExp, string])[] = [
  [/^`ws`/, IN_BUNDLES],
  [/^ECONNREFUSED$/, ': nothing listens there'],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, ': the name of its host has no address here'],
  [/^HPE_/, ': what listens there speaks no HTTP'],
  [
    /^(?:EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/,
    ': what listens there may speak no TLS',
  ],
  [/^CERT_HAS_EXPIRED$/, ': its certificate has expired'],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, ': its certificate is for another name'],
  [
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(?:_LOCALLY)?))$/,
    ': its certificate is not trusted; `tlsCa` (CERBERUS_TLS_CA) takes that of its authority',
  ],
];

/** Close codes by which a backend refuses the token of an event: RFC 6455 §7.4.1, and PROTOCOL.md's own. */
const ON_CLOSE = new Map([
  [1008, BAD_TOKEN],
  [4401, BAD_TOKEN],
  [4403, OTHER_PURPOSE],
]);

/** Of the connection for events. */
export const STREAM_HINTS: Hints = { onStatus: (status) => onStatus(status, NO_BACKEND), onCode };

/** Of the request for the key. */
export const KEY_HINTS: Hints = {
  onStatus: (status) => onStatus(status, status === 404 ? NO_KEY : ''),
  onCode,
};

/** Of the code with which a backend closed the connection. */
export function hintOnClose(code: number): string {
  return ON_CLOSE.get(code) ?? '';
}

/** @param notFound - for what only something else than a backend answers */
function onStatus(status: number, notFound: string): string {
  if (status === 401) return BAD_TOKEN;
  if (status === 403) return OTHER_PURPOSE;
  if (status === 426) return NO_HANDSHAKE;
  return status < 400 || status === 404 ? notFound : '';
}

function onCode(code: string): string {
  return ON_CODE.find(([pattern]) => pattern.test(code))?.[1] ?? '';
}
