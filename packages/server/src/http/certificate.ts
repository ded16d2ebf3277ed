import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';

import { optionError, type ServerConfig } from '../config.ts';
import { systemCodeOf } from '../errors.ts';

/** A certificate with its key, read, checked, and as TLS takes them. */
export interface Certificate {
  /** PEM: the certificate, and those that vouch for it. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** When it ends, milliseconds since the epoch. */
  readonly notAfterMillis: number;
  /** The name or address under which a client finds it valid: `host`, or else the first name that it has. */
  readonly nameFor: (host: string) => string;
}

type Files = Pick<ServerConfig, 'tlsCert' | 'tlsKey'>;

/**
 * Reads the files of `tlsCert` and `tlsKey`.
 *
 * @returns `undefined` without them
 * @throws CerberusServerError (as a rejection) `INVALID_OPTION`: the message names the option and the rule
 */
export async function readCertificate({ tlsCert, tlsKey }: Files): Promise<Certificate | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const [cert, key] = [await readPem('tlsCert', tlsCert), await readPem('tlsKey', tlsKey)];
  const certificate = parsed(
    'tlsCert',
    'must be a PEM file with a certificate',
    () => new X509Certificate(cert),
  );
  const privateKey = parsed('tlsKey', 'must be a PEM file with a private key that needs no passphrase', () =>
    createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw optionError('tlsKey', 'must be the private key of the first certificate in `tlsCert`');
  // What else OpenSSL may have against them: a key that is too short, a chain that is cut off.
  parsed('tlsCert', 'must be a certificate and a chain that OpenSSL takes', () =>
    createSecureContext({ cert, key }),
  );
  return {
    cert,
    key,
    notAfterMillis: Date.parse(certificate.validTo),
    nameFor: (host) => nameFor(certificate, host),
  };
}

async function readPem(option: 'tlsCert' | 'tlsKey', path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = systemCodeOf(error) ?? 'unknown error';
    throw optionError(option, `must be a file that can be read (${reason})`);
  }
}

/** The errors of OpenSSL say nothing about the option, and are not repeated: what is read is a key. */
function parsed<T>(option: 'tlsCert' | 'tlsKey', rule: string, read: () => T): T {
  try {
    return read();
  } catch {
    throw optionError(option, rule);
  }
}

function nameFor(certificate: X509Certificate, host: string): string {
  const isFor = isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host);
  if (isFor !== undefined) return host;
  const names = [...(certificate.subjectAltName ?? '').matchAll(/(?:^|, )DNS:([\w.-]+)(?=$|, )/g)];
  return names[0]?.[1] ?? host;
}

/** What is said of a certificate that clients refuse. @returns `undefined` where they need not */
export function endedText({ notAfterMillis }: Certificate, now: number): string | undefined {
  return now < notAfterMillis
    ? undefined
    : `the certificate in \`tlsCert\` ended on ${new Date(notAfterMillis).toISOString()}`;
}
