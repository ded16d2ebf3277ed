import { expect } from 'chai';
import fc from 'fast-check';
import { JsonWriter } from '../../dist/esm/json/json-writer.js';
import { written } from '../support/written.js';

const string = (text: string, maxBytes = Infinity): string =>
  written((out) => void out.string(text, maxBytes));
/** Lone surrogates too. */
const anyText = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ maxLength: 200 }),
);

describe('JSON writer', () => {
  it('writes a string as JSON.stringify does, for every UTF-16 unit, in short texts and in long ones', () => {
    for (let unit = 0; unit <= 0xffff; unit += 1) {
      const short = `a${String.fromCharCode(unit)}b`;
      const long = short.padStart(60, 'x');
      for (const text of [short, long]) {
        if (string(text) !== JSON.stringify(text.toWellFormed())) expect.fail(`unit ${unit.toString(16)}`);
      }
    }
  });

  it('writes a string as JSON.stringify does, for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => string(text) === JSON.stringify(text.toWellFormed())),
      { numRuns: 2000 },
    );
  });

  it('cuts a string to its limit in UTF-8, between code points, and says so', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 4, max: 100 }), (text, limit) => {
        let cut: boolean | undefined;
        const json = written((out) => void (cut = out.string(text, limit)));
        const value = JSON.parse(json) as string;
        const whole = text.toWellFormed();
        expect(whole.startsWith(value)).to.equal(true);
        expect(Buffer.byteLength(value)).to.be.at.most(limit);
        expect(cut).to.equal(value !== whole);
        expect(cut).to.equal(Buffer.byteLength(whole) > limit);
      }),
      { numRuns: 2000 },
    );
  });

  it('writes a number as JSON.stringify does', () => {
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.maxSafeInteger(),
    );
    const number = (value: number): string => written((out) => out.number(value));
    for (const value of [0, -0, 9, 10, 99, 100, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 1e21, 5e-324]) {
      expect(number(value)).to.equal(JSON.stringify(value));
    }
    fc.assert(
      fc.property(numbers, (value) => number(value) === JSON.stringify(value)),
      { numRuns: 2000 },
    );
  });

  it('tells what does not fit how much would do, and writes nothing past the end', () => {
    const pieces = fc.array(fc.oneof(anyText, fc.double({ noNaN: true, noDefaultInfinity: true })));
    fc.assert(
      fc.property(pieces, fc.nat(300), fc.nat(20), (values, room, start) => {
        const write = (out: JsonWriter): void => {
          for (const value of values) {
            if (typeof value === 'number') out.number(value);
            else out.string(value, 1000);
            out.byte(0x2c);
            out.encoded(Buffer.from('null'));
          }
        };
        const whole = written(write);
        const memory = Buffer.alloc(room + start + 50, '#');
        const out = new JsonWriter();
        out.start(memory.subarray(0, start + room), start);
        write(out);
        expect(out.position - start).to.equal(Buffer.byteLength(whole));
        expect(memory.toString('latin1', 0, start)).to.equal('#'.repeat(start));
        expect(memory.toString('latin1', start + room)).to.equal('#'.repeat(50));
        if (out.position <= start + room)
          expect(memory.toString('utf8', start, out.position)).to.equal(whole);
      }),
      { numRuns: 2000 },
    );
  });

  it('forgets what is taken back', () => {
    const text = written((out) => {
      out.string('a', 9);
      const { position } = out;
      out.string('forgotten', 99);
      out.rewind(position);
      out.number(7);
    });
    expect(text).to.equal('"a"7');
  });
});
