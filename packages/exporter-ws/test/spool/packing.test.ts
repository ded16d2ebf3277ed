import { expect } from 'chai';
import fc from 'fast-check';
import { Packer, unpack } from '../../dist/esm/spool/packing.js';

const COMMA = 0x2c;

function packed(texts: readonly string[]): Buffer {
  const packer = new Packer();
  for (const text of texts) {
    const bytes = Buffer.from(`..${text}..`);
    expect(packer.add(bytes, 2, bytes.length - 2)).to.equal(true);
  }
  return packer.finish();
}

function unpacked(bytes: Buffer): string[] {
  const result = unpack(bytes, COMMA);
  return result.ends.map((end, index) =>
    result.bytes.toString('utf8', index === 0 ? 0 : (result.ends[index - 1] ?? 0) + 1, end),
  );
}

describe('packing', () => {
  it('gives back every byte of JSON', () => {
    const piece = fc.oneof(
      fc.json(),
      fc.integer().map(String),
      fc.double().map(String),
      fc.string({ unit: fc.constantFrom('0', '1', '7', '9', 'a', 'b', 'e', 'f'), maxLength: 1200 }),
      fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text)),
    );
    const events = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(fc.array(events, { maxLength: 20 }), (texts) => {
        const clean = texts.map((text) => text.replaceAll(/\p{Cc}/gu, ' '));
        expect(unpacked(packed(clean))).to.deep.equal(clean);
      }),
    );
  });

  it('refuses bytes that it uses itself', () => {
    for (const byte of [1, 2, 10]) expect(new Packer().add(Buffer.of(0x61, byte), 0, 2)).to.equal(false);
  });

  it('throws a RangeError, and allocates little, for what was not packed', () => {
    const good = packed(['{"a":17,"b":"0123456789abcdef0123456789abcdef"}', '{"a":18}']);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ change;
        try {
          unpack(bad, COMMA);
        } catch (error) {
          expect(error).to.be.instanceOf(RangeError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
