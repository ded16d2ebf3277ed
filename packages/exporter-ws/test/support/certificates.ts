import { generate } from 'selfsigned';

/** A certificate with its key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const DAY = 24 * 60 * 60 * 1e3;

/** A self-signed certificate for `host`, valid from now for `days`; a negative number makes one that has expired. */
export async function selfSigned(host: string, days = 2): Promise<Certificate> {
  const now = Date.now();
  const notAfterDate = new Date(now + days * DAY);
  const notBeforeDate = new Date(Math.min(now, notAfterDate.getTime()) - DAY);
  const { cert, private: key } = await generate([{ name: 'commonName', value: host }], {
    notBeforeDate,
    notAfterDate,
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: host },
          ...(host === 'localhost' ? [{ type: 7 as const, ip: '127.0.0.1' }] : []),
        ],
      },
    ],
  });
  return { cert, key };
}
