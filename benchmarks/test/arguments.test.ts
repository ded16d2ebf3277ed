import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ArgumentError, numberOf, wordsOf } from '../dist/arguments.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const COMPARE = fileURLToPath(new URL('../dist/compare/main.js', import.meta.url));

describe('arguments of the benchmarks', function () {
  this.timeout(60_000);

  it('are lists of known words, each once', () => {
    expect(wordsOf('parts', '1, 2,1', ['1', '2', 'cluster'])).to.deep.equal(['1', '2']);
    for (const text of ['', '3', '1,', 'Cluster'])
      expect(() => wordsOf('parts', text, ['1', '2', 'cluster']), text)
        .to.throw(ArgumentError)
        .with.property('message', '--parts takes a list of 1, 2, cluster');
  });

  it('are numbers above 0', () => {
    expect(numberOf('seconds', '0.5')).to.equal(0.5);
    for (const text of ['', ' ', '0', '-1', 'abc', 'Infinity', 'NaN'])
      expect(() => numberOf('seconds', text), text).to.throw(ArgumentError);
  });

  for (const { script, args, said } of [
    { script: MAIN, args: ['--quick', '--check', '--parts', '1,8'], said: /--parts takes a list of 1, 2, / },
    { script: MAIN, args: ['--fast'], said: /Unknown option '--fast'/ },
    { script: COMPARE, args: ['--agents', 'otel,sntry'], said: /--agents takes a list of bare, otel, / },
    { script: COMPARE, args: ['--framework', 'Koa'], said: /--framework takes one of node:http, / },
    { script: COMPARE, args: ['--seconds', 'long'], said: /--seconds takes a number above 0/ },
  ]) {
    it(`are refused with 2 before anything is measured: ${args.join(' ')}`, () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
      expect(stderr).to.match(said).and.to.not.include('    at ');
      expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
    });
  }
});
