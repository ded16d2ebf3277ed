// Certificates that are replaced while a process lives.
import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { systemClock } from '../../dist/esm/clock.js';
import { CerberusWsExporter } from '../../dist/esm/index.js';
import { CertificateStore, type CertificateFiles } from '../../dist/esm/transport/certificates.js';
import { selfSigned, type Certificate } from '../support/certificates.js';
import { QUICK } from '../support/exporters.js';
import { numberedSpans } from '../support/spans.js';

const ignore = (): void => undefined;

describe('certificates in files', () => {
  let folder: string;
  let files: Required<Record<keyof CertificateFiles, string>>;
  let first: Certificate;
  let second: Certificate;

  before(async () => {
    [first, second] = await Promise.all([selfSigned('localhost'), selfSigned('localhost')]);
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cerberus-certificates-'));
    files = { tlsCa: join(folder, 'ca'), tlsCert: join(folder, 'cert'), tlsKey: join(folder, 'key') };
    await put(first);
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function put({ cert, key }: Certificate): Promise<void> {
    await writeFile(files.tlsCa, cert);
    await writeFile(files.tlsCert, cert);
    await writeFile(files.tlsKey, key);
  }

  function store(tlsFiles: CertificateFiles): CertificateStore {
    return new CertificateStore(
      { tlsCa: first.cert, tlsCert: first.cert, tlsKey: first.key, tlsFiles },
      systemClock,
    );
  }

  async function after(change: () => Promise<void>, tlsFiles: CertificateFiles = files): Promise<object> {
    const certificates = store(tlsFiles);
    await change();
    certificates.renew();
    const found = await certificates.next();
    return Object.fromEntries(Object.entries(found).map(([name, pem]) => [name, String(pem)]));
  }

  const old = (): object => ({ ca: first.cert, cert: first.cert, key: first.key });

  it('are read again, and what is given in code stays', async () => {
    expect(await after(() => put(second))).to.deep.equal({
      ca: second.cert,
      cert: second.cert,
      key: second.key,
    });
    expect(await after(() => put(second), { tlsCa: files.tlsCa })).to.deep.equal({
      ...old(),
      ca: second.cert,
    });
    expect(await after(() => put(second), {})).to.deep.equal(old());
  });

  it('stay as they were while a key does not fit, or a file is empty, cut off or away', async () => {
    expect(await after(() => writeFile(files.tlsCert, second.cert))).to.deep.equal(old());
    await put(first);
    expect(await after(() => writeFile(files.tlsKey, second.key))).to.deep.equal(old());
    for (const content of ['', second.cert.slice(0, 200)]) {
      await put(first);
      expect(await after(() => writeFile(files.tlsCa, content))).to.deep.equal(old());
    }
    expect(
      await after(() => Promise.all(Object.values(files).map((file) => rm(file))).then(ignore)),
    ).to.deep.equal(old());
  });

  it('that are replaced on both sides are those of the next connection', async () => {
    const server = createServer({ ...first, ca: first.cert, requestCert: true, rejectUnauthorized: true });
    const stop = await receive(server);
    try {
      const { port } = server.address() as AddressInfo;
      const env = {
        CERBERUS_WARNINGS: 'false',
        CERBERUS_TLS_CA: files.tlsCa,
        CERBERUS_TLS_CERT: files.tlsCert,
        CERBERUS_TLS_KEY: files.tlsKey,
      };
      const exporter = new CerberusWsExporter({ ...QUICK, wsUrl: `wss://localhost:${port}/` }, { env });
      afterTest(() => exporter.shutdown());
      exporter.export(numberedSpans(5), ignore);
      await until('five', () => exporter.stats().acked === 5);

      await put(second);
      server.setSecureContext({ ...second, ca: second.cert });
      server.closeAllConnections();
      stop.hangUp();
      exporter.export(numberedSpans(5), ignore);
      await until('five more', () => exporter.stats().acked === 10);
      expect(exporter.stats().reconnects).to.equal(1);
    } finally {
      await stop.now();
    }
  });

  async function receive(server: Server): Promise<{ hangUp(): void; now(): Promise<void> }> {
    const wss = new WebSocketServer({ server, handleProtocols: () => false });
    wss.on('connection', (socket) => socket.on('message', () => socket.send('ok')));
    wss.on('wsClientError', ignore);
    server.on('tlsClientError', ignore);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const hangUp = (): void => {
      for (const client of wss.clients) client.terminate();
    };
    return {
      hangUp,
      now: async () => {
        hangUp();
        const closed = once(server, 'close');
        server.close();
        await closed;
      },
    };
  }
});
