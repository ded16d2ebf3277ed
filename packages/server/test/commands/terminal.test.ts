import { expect } from 'chai';

import { tailLine } from '../../dist/commands/tail/line.js';
import { createPaint, printable } from '../../dist/commands/terminal.js';

describe('the terminal', () => {
  it('gets colours only if it is one that wants them', () => {
    const isColoured = (isTerminal: boolean, env: Record<string, string>): boolean =>
      createPaint(isTerminal, env).red('x') !== 'x';
    expect(isColoured(true, { TERM: 'xterm', NO_COLOR: '' })).to.equal(true);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) expect(isColoured(true, env)).to.equal(false);
    expect(isColoured(false, {})).to.equal(false);
  });

  it('shows what it would obey', () => {
    expect(printable('a\u001B[31m\r\n\u009B\u200Fé😀')).to.equal(
      'a\\u{1b}[31m\\u{d}\\u{a}\\u{9b}\\u{200f}é😀',
    );
  });

  it('sees failed requests in another colour than refused ones', () => {
    const paint = createPaint(true, {});
    const event = {
      client_id: 'c',
      received_at: '2025-03-01T12:00:00Z',
      method: 'GET',
      endpoint: '/',
      custom_data: {},
    };
    const colourOf = (members: object): string | undefined =>
      tailLine({ ...event, ...members }, paint)
        .split('\u001B[')
        .find((part) => part.startsWith('3'))
        ?.slice(0, 2);
    expect(colourOf({ status_code: 200 })).to.equal('32');
    expect(colourOf({ status_code: 404 })).to.equal('33');
    expect(colourOf({ outcome: 'aborted' })).to.equal('33');
    expect(colourOf({ status_code: 503 })).to.equal('31');
    expect(colourOf({ status_code: 200, outcome: 'error' })).to.equal('31');
  });
});
