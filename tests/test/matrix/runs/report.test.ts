import { expect } from 'chai';
import type { Combination } from './combinations.js';
import type { Finding } from '../probes/findings.js';
import type { Framework } from '../frameworks/framework.js';
import { replaceReport, report } from './report.js';
import type { RunResult } from './run-combination.js';

const WHY = 'It is so.';
/** Each aspect with the standard capture, and ES modules. */
const ALL_YES = ['yes', 'yes', 'yes', 'yes', 'yes', 'yes'];
const NO_ROUTE: Finding = { aspect: 'route', probe: 'GET', message: 'none' };

function framework(name: string, gaps: Framework['gaps'] = []): Framework {
  return { name, example: name, package: name, probes: () => [], gaps };
}

function result(name: string, findings: readonly Finding[], rest: Partial<Combination> = {}): RunResult {
  const combination: Combination = {
    framework: name,
    line: 'sdk-3',
    node: '22',
    modules: 'esm',
    trustProxy: undefined,
    record: 'server',
    capture: 'standard',
    patched: false,
    ...rest,
  };
  return { combination, version: '1.2.3', findings };
}

/** The row of a framework as cells. */
function cells(text: string, name: string): string[] {
  const line = text.split('\n').find((each) => each.startsWith(`| ${name} |`)) ?? '';
  return line
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

describe('report of the matrix', () => {
  it('says yes where nothing was found, and how many runs say so', () => {
    const text = report([framework('a')], [result('a', []), result('a', [], { node: '24' })]);
    expect(cells(text, 'a')).to.deep.equal(['1.2.3', ...ALL_YES, 'not run', 'not run', '2']);
    expect(text).to.include('2 runs').and.include('Node.js 22, 24');
  });

  it('says no or partly with a footnote where a gap showed, the same reason once', () => {
    const everywhere = framework('a', [{ aspect: 'route', why: WHY }]);
    const sometimes = framework('b', [{ aspect: 'route', why: WHY, modules: 'esm' }]);
    const text = report([everywhere, sometimes], [result('a', [NO_ROUTE]), result('b', [NO_ROUTE])]);
    expect(cells(text, 'a')[2]).to.equal('no<sup>1</sup>');
    expect(cells(text, 'b')[2]).to.equal('partly<sup>1</sup>');
    expect(cells(text, 'b')[6], 'ESM').to.equal('partly<sup>1</sup>');
    expect(text.match(/^\d\. .*$/gm)).to.deep.equal([`1. ${WHY}`]);
  });

  it('does not say yes to routes where there are none to name', () => {
    const text = report([{ ...framework('a'), routeless: true }], [result('a', [])]);
    expect(cells(text, 'a').slice(1, 3)).to.deep.equal(['yes', 'has none']);
  });

  it('calls what nothing explains a fault', () => {
    const text = report([framework('a')], [result('a', [NO_ROUTE])]);
    expect(cells(text, 'a')[2]).to.equal('**fault**');
  });

  it('does not claim what was not run', () => {
    const text = report([framework('a')], [result('a', [], { modules: 'cjs' })]);
    expect(cells(text, 'a')[6]).to.equal('not run');
  });

  it('says of each light capture whether there are routes, and tells a fault of it apart', () => {
    const light = result('a', [], { capture: 'light' });
    const lightCells = (of: Framework, ...results: readonly RunResult[]): string[] =>
      cells(report([of], [result('a', []), ...results]), 'a');
    const alone = { capture: 'alone' } as const;
    const ofFault = lightCells(framework('a'), light, result('a', [NO_ROUTE], alone));
    expect(ofFault).to.deep.equal(['1.2.3', ...ALL_YES, 'yes', '**fault**', '3']);
    const noEvents = framework('a', [{ aspect: 'event', captures: ['alone'], why: WHY }]);
    const lost: Finding = { aspect: 'event', probe: 'GET', message: '0 events' };
    const ofNoEvents = lightCells(noEvents, light, result('a', [lost], alone));
    expect([ofNoEvents[1], ...ofNoEvents.slice(7)]).to.deep.equal([
      'yes',
      'yes',
      'no events<sup>1</sup>',
      '3',
    ]);
  });

  it('says that a patch has to be asked for only where it was tried', () => {
    const gap = { aspect: 'route', captures: ['light'], unlessPatched: true, why: WHY } as const;
    const patchable: Framework = { ...framework('a', [gap]), patch: 'koa' };
    const light = result('a', [NO_ROUTE], { capture: 'light' });
    const patched = result('a', [], { capture: 'light', patched: true });
    expect(cells(report([patchable], [light, patched]), 'a')[7]).to.equal('if asked for<sup>1</sup>');
    expect(cells(report([patchable], [light]), 'a')[7]).to.equal('no<sup>1</sup>');
  });

  it('replaces its part of the document and nothing else', () => {
    const begin = '<!-- written by `npm run matrix` -->';
    const end = '<!-- end of what `npm run matrix` writes -->';
    const once = replaceReport(`before\n${begin}\nold\n${end}\nafter`, 'new');
    expect(once).to.equal(`before\n${begin}\n\nnew\n\n${end}\nafter`);
    expect(replaceReport(once, 'new')).to.equal(once);
    expect(() => replaceReport('no marks', 'new')).to.throw('marks');
  });
});
