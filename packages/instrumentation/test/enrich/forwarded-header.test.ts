import { expect } from 'chai';
import fc from 'fast-check';
import { nearestScheme, parseForwarded, parseXForwarded } from '../../dist/esm/enrich/forwarded-header.js';

describe('parseXForwarded', () => {
  it('reads the hops from the client to the nearest proxy', () => {
    expect(parseXForwarded('203.0.113.9, 10.0.0.1 ,10.0.0.2', '')).to.deep.equal([
      { from: '203.0.113.9' },
      { from: '10.0.0.1' },
      { from: '10.0.0.2' },
    ]);
  });

  it('skips empty elements, and keeps odd ones in their places', () => {
    expect(parseXForwarded(', 1.2.3.4, ,unknown,', '').map((hop) => hop.from)).to.deep.equal([
      '1.2.3.4',
      'unknown',
    ]);
    expect(parseXForwarded('1.1.1.1,, 2.2.2.2', 'http, ,https,').map((hop) => hop.scheme)).to.deep.equal([
      'http',
      'https',
    ]);
  });

  it('pairs schemes from the right, so that what a client prepends moves nothing', () => {
    expect(parseXForwarded('9.9.9.9, 203.0.113.9', 'http, HTTPS')).to.deep.equal([
      { from: '9.9.9.9', scheme: 'http' },
      { from: '203.0.113.9', scheme: 'https' },
    ]);
    expect(parseXForwarded('203.0.113.9', 'http, https')).to.deep.equal([
      { from: '203.0.113.9', scheme: 'https' },
    ]);
  });

  it('applies a single scheme to every hop', () => {
    expect(parseXForwarded('1.1.1.1, 2.2.2.2', 'https').map((hop) => hop.scheme)).to.deep.equal([
      'https',
      'https',
    ]);
  });

  it('reads the right end of a header over 4 KiB, and no half of an element', () => {
    expect(parseXForwarded(`${'1'.repeat(4090)},1.2.3.4`, '')).to.deep.equal([{ from: '1.2.3.4' }]);
    expect(parseXForwarded(`1.2.3.4, ${'1'.repeat(4096)}`, '')).to.deep.equal([]);
    expect(parseXForwarded('1'.repeat(4097), '')).to.deep.equal([]);
  });

  it('reads the last 50 hops', () => {
    const hops = Array.from({ length: 60 }, (_, index) => `10.0.0.${index}`);
    expect(parseXForwarded(hops.join(), '').map(({ from }) => from)).to.deep.equal(hops.slice(-50));
    expect(parseXForwarded(`${','.repeat(60)}1.2.3.4`, '')).to.deep.equal([{ from: '1.2.3.4' }]);
  });

  it('knows the scheme that the nearest proxy named', () => {
    expect(nearestScheme('http, HTTPS')).to.equal('https');
    expect(nearestScheme('')).to.equal(undefined);
  });
});

describe('parseForwarded', () => {
  it('reads the examples of RFC 7239', () => {
    expect(parseForwarded('for="_gazonk"')).to.deep.equal([{ from: '_gazonk' }]);
    expect(parseForwarded('For="[2001:db8:cafe::17]:4711"')).to.deep.equal([
      { from: '[2001:db8:cafe::17]:4711' },
    ]);
    expect(parseForwarded('for=192.0.2.60;proto=http;by=203.0.113.43')).to.deep.equal([
      { from: '192.0.2.60', scheme: 'http' },
    ]);
    expect(parseForwarded('for=192.0.2.43, for=198.51.100.17')).to.deep.equal([
      { from: '192.0.2.43' },
      { from: '198.51.100.17' },
    ]);
  });

  it('reads quoted separators and escapes as part of a value', () => {
    expect(parseForwarded('for="a,b;c\\"d";proto=https, for=1.2.3.4')).to.deep.equal([
      { from: 'a,b;c"d', scheme: 'https' },
      { from: '1.2.3.4' },
    ]);
  });

  it('keeps the place of an element that does not parse', () => {
    expect(parseForwarded('for=1.1.1.1, nonsense, for=2.2.2.2')).to.deep.equal([
      { from: '1.1.1.1' },
      {},
      { from: '2.2.2.2' },
    ]);
  });

  it('skips empty elements', () => {
    expect(parseForwarded(', for=1.1.1.1, ,for=2.2.2.2,')).to.deep.equal([
      { from: '1.1.1.1' },
      { from: '2.2.2.2' },
    ]);
    expect(parseForwarded('')).to.deep.equal([]);
  });

  it('takes the first of two equal parameters', () => {
    expect(parseForwarded('for=1.1.1.1;for=2.2.2.2')).to.deep.equal([{ from: '1.1.1.1' }]);
  });

  const PROXIES = [
    'for=192.0.2.1',
    'for="[2001:db8::1]:80"',
    'for=192.0.2.1;host="a,for=6.6.6.6"',
    String.raw`for="[2001:db8::1]";host="a,for=6.6.6.6;x=\"y"`,
    String.raw`by=_p;for=192.0.2.1;host="\\,for=\"6.6.6.6\""`,
  ];
  const CLIENTS = ['for="', 'for="1.1.1.1', 'x="y,', 'a="\\', 'for=1.1.1.1;x="', '"', '",for="', ',,,"'];

  it('lets nothing that a client writes change what a proxy writes behind it', () => {
    for (const proxy of PROXIES) {
      const [alone] = parseForwarded(proxy);
      expect(alone?.from, proxy).to.match(/^192\.0\.2\.1$|^\[2001:db8::1\]/);
      for (const client of [...CLIENTS, 'for=1.1.1.1,'.repeat(500), `for="${'1'.repeat(5000)}`])
        expect(parseForwarded(`${client}, ${proxy}`).at(-1), `${client}, ${proxy}`).to.deep.equal(alone);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(...PROXIES), (client, proxy) => {
        expect(parseForwarded(`${client},${proxy}`).at(-1)).to.deep.equal(parseForwarded(proxy)[0]);
      }),
    );
  });

  it('reads the right end of a header over 4 KiB, and the last 50 hops', () => {
    expect(parseForwarded(`for=${'1'.repeat(4096)}`)).to.deep.equal([]);
    expect(parseForwarded(Array(60).fill('for=1.2.3.4').join(','))).to.have.length(50);
  });

  it('never throws for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseForwarded(text)));
  });
});
