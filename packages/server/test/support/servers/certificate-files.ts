import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { generate } from 'selfsigned';

import { tempFolder } from '../temp-folder.js';

const DAY_MILLIS = 24 * 60 * 60 * 1000;

/** A certificate with its key, PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** A self-signed certificate for these names and 127.0.0.1, valid for `days`; a negative number makes one that has ended. */
export async function selfSigned(names: readonly string[] = ['localhost'], days = 2): Promise<Pair> {
  const now = Date.now();
  const notAfterDate = new Date(now + days * DAY_MILLIS);
  const { cert, private: key } = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    notBeforeDate: new Date(Math.min(now, notAfterDate.getTime()) - DAY_MILLIS),
    notAfterDate,
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: names.map((value) =>
          /^[\d.]+$/.test(value) ? { type: 7 as const, ip: value } : { type: 2 as const, value },
        ),
      },
    ],
  });
  return { cert, key };
}

/** Paths, as the options take them. */
export interface PairFiles {
  readonly tlsCert: string;
  readonly tlsKey: string;
}

/** A folder for a pair. */
export function pairFiles({ cert, key }: Pair, folder: string = tempFolder()): PairFiles {
  const files = { tlsCert: join(folder, 'cert.pem'), tlsKey: join(folder, 'key.pem') };
  replace(files.tlsCert, cert);
  replace(files.tlsKey, key);
  return files;
}

/** Puts a file in the place of another in one step. */
export function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
