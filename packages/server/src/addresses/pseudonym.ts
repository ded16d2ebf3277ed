import { createHmac } from 'node:crypto';

/** What is stored in the place of an address (PROTOCOL.md): the HMAC-SHA256 of its canonical text, 64 lower-case hex digits. */
export function pseudonymOf(address: string, secretKey: string): string {
  return createHmac('sha256', secretKey).update(address, 'utf8').digest('hex');
}
