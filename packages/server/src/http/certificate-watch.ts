import type { ServerConfig } from '../config.ts';
import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { endedText, readCertificate, type Certificate } from './certificate.ts';

/**
 * Two small files are read this often. Whoever replaces them does so in ways (a rename, a symbolic link of a folder above) that not every
 * file system tells a watcher of; that is the same for all of them.
 */
const READ_MILLIS = 5000;

/** What a watch needs. */
export interface CertificateWatchOptions {
  readonly files: Pick<ServerConfig, 'tlsCert' | 'tlsKey'>;
  readonly initial: Certificate;
  /** Takes the certificate in use. */
  readonly renew: (certificate: Certificate) => void;
  readonly log: Log;
}

/** Puts a certificate in use when its files have changed. A pair that does not fit, such as one half written, changes nothing. */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  #current: Certificate;
  #refused: string | undefined;

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
    this.#current = options.initial;
    this.#warnIfEnded();
  }

  /** When the certificate in use ends, milliseconds since the epoch. */
  get notAfterMillis(): number {
    return this.#current.notAfterMillis;
  }

  /** @returns stops it */
  start(): () => void {
    const timer = setInterval(() => void this.look(), READ_MILLIS);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Reads the files. Never rejects. */
  async look(): Promise<void> {
    const { files, renew, log } = this.#options;
    try {
      const found = await readCertificate(files);
      this.#refused = undefined;
      if (found === undefined || (found.cert === this.#current.cert && found.key === this.#current.key))
        return;
      renew(found);
      this.#current = found;
      log('info', `the certificate was renewed, it ends on ${new Date(found.notAfterMillis).toISOString()}`);
      this.#warnIfEnded();
    } catch (error) {
      const reason = messageOf(error);
      // Once for a pair that stays as it is, however often it is read.
      if (reason !== this.#refused)
        log('warn', `the certificate was not renewed, the old one stays: ${reason}`);
      this.#refused = reason;
    }
  }

  #warnIfEnded(): void {
    const text = endedText(this.#current, Date.now());
    if (text !== undefined) this.#options.log('warn', text);
  }
}
