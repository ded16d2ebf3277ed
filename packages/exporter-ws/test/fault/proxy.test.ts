// The real exporter through a real HTTP proxy, which alone knows where the backend is.
import { expect } from 'chai';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { CerberusWsExporter, type CerberusWsExporterOptions } from '../../dist/esm/index.js';
import { selfSigned } from '../support/certificates.js';
import { BEHIND_PROXY, ConnectProxy } from '../support/connect-proxy.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { imbalance, QUICK, quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';
import { startTlsTerminator } from '../support/tls-terminator.js';

const PASSWORD = 'canary:pass word';

async function backendOf(
  protocol: 'batch' | 'event',
): Promise<{ server: ScriptedServer; stored: () => number }> {
  const backend = new BatchBackend();
  const server = await ScriptedServer.start(protocol === 'batch' ? backend.script() : {});
  afterTest(() => server.stop());
  return { server, stored: () => (protocol === 'batch' ? backend.stored.length : server.events.length) };
}

/** Through `proxy` to a port of this machine, over TLS where a certificate authority is given. */
function through(
  proxy: string,
  port: number,
  options: CerberusWsExporterOptions = {},
  scheme = 'ws',
): CerberusWsExporter {
  const url = `${scheme}://${BEHIND_PROXY}:${port}/ws/events`;
  // The times of a handshake in which two more take part.
  const times = { connectTimeoutMillis: 5_000, ackTimeoutMillis: 2_000, shutdownTimeoutMillis: 2_000 };
  return quickExporter(url, { proxy, allowInsecureTransport: true, ...times, ...options });
}

async function expectDelivery(exporter: CerberusWsExporter, stored: () => number): Promise<void> {
  exporter.export(numberedSpans(20), () => undefined);
  await until('all are acknowledged', () => exporter.stats().acked === 20);
  expect(stored()).to.equal(20);
  expect(imbalance(exporter.stats())).to.equal(0);
}

describe('through a proxy', () => {
  for (const protocol of ['batch', 'event'] as const) {
    it(`delivers in ${protocol} mode over ws:, and leaves the name of the backend to the proxy`, async () => {
      const { server, stored } = await backendOf(protocol);
      const proxy = await ConnectProxy.start();
      await expectDelivery(through(proxy.url, server.port, { protocol }), stored);
      expect(proxy.asked).to.deep.equal([`${BEHIND_PROXY}:${server.port}`]);
    });

    it(`delivers in ${protocol} mode over wss:, with TLS to the backend itself`, async () => {
      const { server, stored } = await backendOf(protocol);
      const certificate = await selfSigned(BEHIND_PROXY);
      const tls = await startTlsTerminator(certificate, () => server.port);
      afterTest(() => tls.stop());
      const proxy = await ConnectProxy.start();
      await expectDelivery(
        through(proxy.url, tls.port, { protocol, tlsCa: certificate.cert }, 'wss'),
        stored,
      );
    });
  }

  it('trusts nobody in the middle: a certificate of another host is refused', async () => {
    const { server } = await backendOf('batch');
    const certificate = await selfSigned('other.test');
    const tls = await startTlsTerminator(certificate, () => server.port);
    afterTest(() => tls.stop());
    const proxy = await ConnectProxy.start();
    const exporter = through(proxy.url, tls.port, { tlsCa: certificate.cert }, 'wss');
    exporter.export(numberedSpans(1), () => undefined);
    await until('it is suspended', () => exporter.stats().state === 'suspended');
    expect(exporter.stats()).to.include({ acked: 0, queued: 1 });
    expect(exporter.stats().lastFailure).to.include('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('delivers through a proxy that is spoken to over TLS itself', async () => {
    const { server, stored } = await backendOf('batch');
    const certificate = await selfSigned('localhost');
    const proxy = await ConnectProxy.start({ tls: certificate });
    await expectDelivery(through(proxy.url, server.port, { tlsCa: certificate.cert }), stored);
  });

  it('gives the proxy its user and password, and the backend none of it', async () => {
    const { server, stored } = await backendOf('batch');
    const proxy = await ConnectProxy.start({ password: PASSWORD });
    await expectDelivery(through(proxy.urlFor(PASSWORD), server.port), stored);
    expect(JSON.stringify(server.upgrades[0]?.rawHeaders)).to.not.match(/proxy-authorization|canary-user/i);
  });

  it('F49 says that it was the proxy who refuses, without its password, keeps the queue, and delivers when it lets it through', async () => {
    const { server, stored } = await backendOf('batch');
    let isRight = false;
    const proxy = await ConnectProxy.start({ password: () => (isRight ? 'canary' : 'another') });
    const exporter = through(proxy.urlFor('canary'), server.port);
    exporter.export(numberedSpans(5), () => undefined);
    await until('it was refused', () => exporter.stats().lastFailure !== null);
    expect(exporter.stats().lastFailure).to.equal('the connection failed with status 407 of the proxy');
    expect(exporter.stats()).to.include({ acked: 0, queued: 5 });
    isRight = true;
    await until('all are acknowledged', () => exporter.stats().acked === 5);
    expect(stored()).to.equal(5);
  });

  it('F49 says that the proxy could not be reached', async () => {
    const proxy = await ConnectProxy.start();
    await proxy.stop();
    const exporter = through(proxy.url, 9);
    exporter.export(numberedSpans(1), () => undefined);
    await until('it failed', () => exporter.stats().lastFailure !== null);
    expect(exporter.stats().lastFailure).to.equal('the connection failed with ECONNREFUSED at the proxy');
  });

  it('F49 hangs up on a proxy that never answers, and tries again', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => {
      sockets.push(socket);
      socket.resume();
      socket.on('error', () => undefined);
    });
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    afterTest(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const exporter = through(`http://127.0.0.1:${port}`, 9, { connectTimeoutMillis: 100 });
    exporter.export(numberedSpans(1), () => undefined);
    await until('it came again', () => sockets.length >= 3);
    await until('the first was hung up on', () => sockets[0]?.destroyed === true);
    expect(exporter.stats().lastFailure).to.equal('no connection came in time');
  });

  it('finds the proxy in HTTPS_PROXY and HTTP_PROXY', async () => {
    const { server, stored } = await backendOf('batch');
    const proxy = await ConnectProxy.start();
    const wsUrl = `ws://${BEHIND_PROXY}:${server.port}/ws/events`;
    const env = { CERBERUS_WARNINGS: 'false', HTTP_PROXY: proxy.url };
    const exporter = new CerberusWsExporter({ ...QUICK, wsUrl, allowInsecureTransport: true }, { env });
    afterTest(() => exporter.shutdown());
    await expectDelivery(exporter, stored);
    expect(proxy.asked).to.have.length(1);
  });
});
