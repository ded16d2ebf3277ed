// Addresses in every form and number that a client or a proxy can think of.
import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { CerberusSpanProcessor, type CerberusSpanProcessorOptions } from '../../dist/esm/index.js';
import { runChild } from '../support/child.js';
import { listen, send, type TestServer } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { startTracing, type Tracing } from '../support/tracing.js';

const KEY = 'k'.repeat(32);
const PEER = '127.0.0.1';
const hashOf = (address: string): string => createHmac('sha256', KEY).update(address).digest('hex');

describe('faults of addresses', () => {
  let exporter: RecordingExporter;
  let tracing: Tracing;
  let server: TestServer;

  async function start(options: CerberusSpanProcessorOptions): Promise<void> {
    exporter = new RecordingExporter();
    const processor = new CerberusSpanProcessor({ exporter, secretKey: KEY, ...options }, { env: {} });
    tracing = startTracing({ processors: [processor] });
    server = await listen((_request, response) => response.end('fine'));
  }
  afterEach(async () => {
    await server?.close();
    await tracing?.stop();
  });

  /** What is hashed for each header: an address in its one form, or the peer where the header names none. */
  const forms: readonly [string, string][] = [
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::FFFF:CB00:7109', '203.0.113.9'],
    ['203.0.113.9:5678', '203.0.113.9'],
    ['[2001:DB8::1]:443', '2001:db8::1'],
    ['2001:0db8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['unknown', PEER],
    ['_hidden', PEER],
    ['<script>alert(1)</script>', PEER],
    ['127.1', PEER],
    ['0x7f.1', PEER],
    ['203.0.113.9, ', '203.0.113.9'],
    ['203.0.113.9, ,, ', '203.0.113.9'],
    ['\u0000'.slice(1), PEER],
    ['203.0.113.9 203.0.113.10', PEER],
    ['203.0.113.9\r\n\t203.0.113.10', PEER],
    [`${'1,'.repeat(1000)}203.0.113.9`, '203.0.113.9'],
    [`${'203.0.113.10,'.repeat(850)}203.0.113.9`, '203.0.113.9'],
    [`${'203.0.113.9,'.repeat(850)}1`, PEER],
    ['9'.repeat(10_000), PEER],
  ];
  it('F29 address forms in X-Forwarded-For: one text per address, or the peer; never garbage, never raw', async () => {
    await start({ trustProxy: 1 });
    for (const [header, expected] of forms) {
      const before = exporter.requests.length;
      const answer = await send(server.port, { headers: { 'x-forwarded-for': header } });
      const what = header.slice(0, 40);
      if (answer.startsWith('HTTP/1.1 400')) continue;
      expect(answer, what).to.include('fine');
      const request = await exporter.request(before);
      expect(request['cerberus.source_ip'], what).to.equal(hashOf(expected));
    }
    expect(exporter.requests.length).to.be.at.least(forms.length - 2);
  });

  const forwarded: readonly [string, string][] = [
    ['for=203.0.113.9;proto=https', '203.0.113.9'],
    ['for="[2001:DB8::1]:443"', '2001:db8::1'],
    ['for="203.0.113.9:80"', '203.0.113.9'],
    ['for=unknown', PEER],
    ['for=_hidden', PEER],
    ['for="<script>"', PEER],
    ['for="203.0.113.9', PEER],
    ['for=', PEER],
    [';;;,,,', PEER],
    [`${'for=203.0.113.10,'.repeat(60)}for=203.0.113.9`, '203.0.113.9'],
    [`${'for=203.0.113.9,'.repeat(60)}for=unknown`, PEER],
  ];
  it('F29 address forms in Forwarded: one text per address, or the peer; never garbage, never raw', async () => {
    await start({ trustProxy: 1, forwardedHeader: 'forwarded' });
    for (const [index, [header, expected]] of forwarded.entries()) {
      expect(await send(server.port, { headers: { forwarded: header } })).to.include('fine');
      const request = await exporter.request(index);
      expect(request['cerberus.source_ip'], header.slice(0, 40)).to.equal(hashOf(expected));
    }
  });

  it('F29 address forms that nobody vouches for: the peer, whatever they say', async () => {
    await start({});
    for (const [index, [header]] of forwarded.entries()) {
      await send(server.port, { headers: { forwarded: header, 'x-forwarded-for': '203.0.113.9' } });
      expect((await exporter.request(index))['cerberus.source_ip']).to.equal(hashOf(PEER));
    }
  });

  it('F28 a million distinct client addresses: heap and RSS stay flat', async () => {
    // All of the million take some ten seconds.
    const addresses = Number(process.env['CERBERUS_ADDRESSES'] ?? 150_000);
    const { report } = await runChild(
      'many-addresses.js',
      { ADDRESSES: String(addresses) },
      { node: ['--expose-gc'] },
    );
    const { distinct, heapGrowth, rssGrowth } = report as Record<string, number>;
    expect(distinct).to.equal(addresses);
    // A cache of pseudonyms would take some 200 bytes for each address.
    expect(heapGrowth).to.be.below(2 * 2 ** 20);
    expect(rssGrowth).to.be.below(40 * 2 ** 20);
  });
});
