import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

/** Whether PEM has a certificate at its begin. */
export function isCertificate(pem: string | Uint8Array): boolean {
  return succeeds(() => new X509Certificate(pem));
}

/** Whether a key is that of a certificate, and needs no passphrase. */
export function isKeyOf(pair: Pick<SecureContextOptions, 'cert' | 'key'>): boolean {
  return succeeds(() => createSecureContext(pair));
}

function succeeds(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
