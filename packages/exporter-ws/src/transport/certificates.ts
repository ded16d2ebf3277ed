import type { SecureContextOptions } from 'node:tls';
import type { Clock, Timer } from '../clock.ts';
import { isCertificate, isKeyOf } from '../config/certificate-check.ts';

const { readFile } = process.getBuiltinModule('node:fs/promises');

/** What PEM options were given, and which files they are from. */
export interface CertificateSources {
  readonly tlsCa: string | Uint8Array | undefined;
  readonly tlsCert?: string | Uint8Array | undefined;
  readonly tlsKey?: string | Uint8Array | undefined;
  readonly tlsFiles: CertificateFiles;
}

/** The files of those options that come from the environment. */
export interface CertificateFiles {
  readonly tlsCa?: string | undefined;
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}

/** Authorities and client certificate, as `tls.connect` takes them. */
export type Certificates = Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>;

/** So long a connection waits for files that are being read: longer take only file systems that hang. */
const PATIENCE_MILLIS = 1_000;

/**
 * What connections prove themselves with, and what they trust. Files are read again when a connection has ended: certificates are replaced
 * before they expire, and a process may live longer than they do. What is half written or does not fit changes nothing.
 */
export class CertificateStore {
  readonly #files: CertificateFiles;
  readonly #clock: Clock;
  #current: Certificates;
  #reading: Promise<void> | undefined;

  constructor({ tlsCa, tlsCert, tlsKey, tlsFiles }: CertificateSources, clock: Clock) {
    this.#files = tlsFiles;
    this.#clock = clock;
    this.#current = {
      ...(tlsCa !== undefined && { ca: pemOf(tlsCa) }),
      ...(tlsCert !== undefined && { cert: pemOf(tlsCert) }),
      ...(tlsKey !== undefined && { key: pemOf(tlsKey) }),
    };
  }

  /** For the next connection. Never rejects. */
  async next(): Promise<Certificates> {
    if (this.#reading !== undefined) {
      let patience: Timer | undefined;
      const end = new Promise<void>((resolve) => {
        patience = this.#clock.after(PATIENCE_MILLIS, resolve);
      });
      await Promise.race([this.#reading, end]);
      patience?.cancel();
    }
    return this.#current;
  }

  /** Reads the files, for connections to come. */
  renew(): void {
    if (Object.values(this.#files).every((file) => file === undefined)) return;
    // One at a time: where a file system hangs, each holds one of Node's few threads.
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
  }

  async #read(): Promise<void> {
    const { tlsCa, tlsCert, tlsKey } = this.#files;
    const [ca, cert, key] = await Promise.all([tlsCa, tlsCert, tlsKey].map((file) => contentOf(file)));
    if (ca !== undefined && isCertificate(ca)) this.#current = { ...this.#current, ca };
    // One of both may be given in code.
    const pair = { cert: cert ?? this.#current.cert, key: key ?? this.#current.key };
    if ((cert ?? key) !== undefined && isKeyOf(pair)) this.#current = { ...this.#current, ...pair };
  }
}

function contentOf(file: string | undefined): Promise<Buffer | undefined> {
  return file === undefined ? Promise.resolve(undefined) : readFile(file).catch(() => undefined);
}

function pemOf(pem: string | Uint8Array): string | Buffer {
  return typeof pem === 'string' ? pem : Buffer.from(pem);
}
