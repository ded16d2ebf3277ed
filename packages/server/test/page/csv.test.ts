import { expect } from 'chai';

import { csvText } from '../../page/dist/csv.js';

describe('rows as CSV', () => {
  it('have a line of names, members of members, and empty fields for what a row does not have', () => {
    const rows = [
      { endpoint: '/a', latency_ms: { p50: 1.5, p95: null }, sparkline: [1, 2] },
      { endpoint: '/b', inferred: true },
    ];
    expect(csvText(rows)).to.equal(
      'endpoint,latency_ms.p50,latency_ms.p95,inferred\r\n/a,1.5,,\r\n/b,,,true\r\n',
    );
  });

  it('keep texts whole, and are no formulas', () => {
    const rows = [{ a: 'x,"y"\nz', b: '=cmd()', c: '-1', d: -1, e: '@sum', f: '+1' }];
    expect(csvText(rows)).to.equal(`a,b,c,d,e,f\r\n"x,""y""\nz",'=cmd(),'-1,-1,'@sum,'+1\r\n`);
    const wide = ['\uFF1Dcmd()', '\uFF0B1', '\uFF0D1', '\uFF20sum', '\n=cmd()'].map((a) => ({ a }));
    expect(csvText(wide).match(/'/g)?.length, 'wide forms and line breaks').to.equal(5);
  });

  it('are no formulas either where a spreadsheet takes fields to end at semicolons or tabs', () => {
    const texts = ['/x;=cmd()', '/x\t@sum', '/x\n+1', 'a;b', 'Mozilla/5.0 (X11; Linux)'];
    expect(csvText(texts.map((a) => ({ a }))).split('\r\n')).to.deep.equal([
      'a',
      `"/x;'=cmd()"`,
      `"/x\t'@sum"`,
      `"/x\n'+1"`,
      '"a;b"',
      '"Mozilla/5.0 (X11; Linux)"',
      '',
    ]);
  });
});
