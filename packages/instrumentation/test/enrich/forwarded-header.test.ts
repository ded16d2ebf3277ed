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

  it('counts empty elements towards the limit of hops', () => {
    expect(parseXForwarded(`${','.repeat(50)}1.2.3.4`, '')).to.deep.equal([]);
    expect(parseForwarded(`${','.repeat(50)}for=1.2.3.4`)).to.deep.equal([]);
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

  it('believes nothing of a header over 4 KiB', () => {
    expect(parseXForwarded(`${'1'.repeat(4090)},1.2.3.4`, '')).to.deep.equal([]);
  });

  it('believes nothing of a header with more than 50 hops, and 50 are fine', () => {
    expect(parseXForwarded(Array(51).fill('1.2.3.4').join(','), '')).to.deep.equal([]);
    expect(parseXForwarded(Array(50).fill('1.2.3.4').join(','), '')).to.have.length(50);
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

  it('does not let an open quote swallow the elements of trusted proxies unnoticed', () => {
    expect(parseForwarded('for="1.1.1.1, for=2.2.2.2')).to.deep.equal([{}]);
  });

  it('believes nothing of a header over 4 KiB or with more than 50 hops', () => {
    expect(parseForwarded(`for=${'1'.repeat(4096)}`)).to.deep.equal([]);
    expect(parseForwarded(Array(51).fill('for=1.2.3.4').join(','))).to.deep.equal([]);
  });

  it('never throws for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseForwarded(text)));
  });
});
