import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { count, decimal, millis, share } from '../dist/screen/format.js';
import { createPaint, wantsColour } from '../dist/screen/paint.js';
import { Screen } from '../dist/screen/screen.js';
import { table } from '../dist/screen/table.js';

function terminal(isTTY: boolean): { stream: NodeJS.WriteStream; written: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 40 }).setEncoding('utf8');
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => String(stream.read() ?? '') };
}

describe('the screen', () => {
  it('rewrites the live line on a terminal, cut to its width', () => {
    const { stream, written } = terminal(true);
    const screen = new Screen(stream, stream, {});
    screen.live('one');
    screen.live('x'.repeat(100));
    screen.print('end');
    expect(written()).to.equal(`\r\u001B[2Kone\r\u001B[2K${'x'.repeat(39)}\nend\n`);
  });

  it('prints the live line elsewhere, without any control character', () => {
    const { stream, written } = terminal(false);
    const screen = new Screen(stream, stream, {});
    screen.live('one');
    screen.print(screen.paint.good('end'));
    expect(written()).to.equal('one\nend\n');
  });

  it('prints no two empty lines in a row', () => {
    const { stream, written } = terminal(false);
    const screen = new Screen(stream, stream, {});
    for (const line of ['a', '', '', 'b']) screen.print(line);
    expect(written()).to.equal('a\n\nb\n');
  });

  it('has colours only on a terminal, and only if NO_COLOR is not set', () => {
    expect(wantsColour(true, {})).to.equal(true);
    expect(wantsColour(true, { NO_COLOR: '' })).to.equal(true);
    expect(wantsColour(true, { NO_COLOR: '1' })).to.equal(false);
    expect(wantsColour(true, { TERM: 'dumb' })).to.equal(false);
    expect(wantsColour(false, {})).to.equal(false);
    expect(createPaint(true).bad('no')).to.equal('\u001B[31mno\u001B[39m');
  });

  it('aligns columns', () => {
    expect(
      table(
        [
          ['a', '1', 'x'],
          ['bcd', '1,000', ''],
        ],
        ['left', 'right', 'left'],
      ),
    ).to.deep.equal(['a         1   x', 'bcd   1,000']);
  });

  it('writes numbers for people', () => {
    expect([count(1234567), decimal(1234.5678), decimal(3)]).to.deep.equal(['1,234,567', '1,234.57', '3']);
    const latencies = [millis(1.234), millis(12.6), millis(1234.5), millis(null)];
    expect(latencies).to.deep.equal(['1.2 ms', '13 ms', '1,235 ms', '–']);
    expect([share(1, 3), share(0, 0)]).to.deep.equal(['33 %', '0 %']);
  });
});
