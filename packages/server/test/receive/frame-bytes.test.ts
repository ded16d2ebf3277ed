import { gzipSync } from 'node:zlib';

import { expect } from 'chai';

import { frameBytes } from '../../dist/receive/frame-bytes.js';

describe('frameBytes', () => {
  it('takes a text message as it is', () => {
    expect(frameBytes(Buffer.from('héllo'), false, 10)).to.deep.equal({
      ok: true,
      bytes: Buffer.from('héllo'),
    });
  });

  it('inflates a binary message up to the limit, inclusive', () => {
    const text = 'x'.repeat(1000);
    expect(frameBytes(gzipSync(text), true, 1000)).to.deep.equal({ ok: true, bytes: Buffer.from(text) });
    expect(frameBytes(gzipSync(text), true, 999)).to.deep.equal({ ok: false, reason: 'too_large' });
  });

  it('counts the members of a gzip together', () => {
    const member = gzipSync('x'.repeat(600));
    expect(frameBytes(Buffer.concat([member, member]), true, 1000)).to.deep.equal({
      ok: false,
      reason: 'too_large',
    });
  });

  const broken = {
    'no gzip': Buffer.from('text'),
    nothing: Buffer.alloc(0),
    'a cut gzip': gzipSync('x'.repeat(1000)).subarray(0, 15),
    'a damaged checksum': Buffer.concat([gzipSync('x').subarray(0, -8), Buffer.alloc(8)]),
    'invalid UTF-8': gzipSync(Buffer.from([0xff])),
  };
  for (const [name, data] of Object.entries(broken)) {
    it(`refuses ${name}`, () => {
      expect(frameBytes(data, true, 1000)).to.deep.equal({ ok: false, reason: 'invalid_message' });
    });
  }
});
