import { expect } from 'chai';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { createReporter } from '../../dist/esm/observe/reporter.js';

function warningsOf(work: () => void): { message: string; code: string }[] {
  const seen: { message: string; code: string }[] = [];
  const original = process.emitWarning;
  process.emitWarning = (message: unknown, options: unknown): void => {
    seen.push({ message: String(message), code: (options as { code: string }).code });
  };
  try {
    work();
  } finally {
    process.emitWarning = original;
  }
  return seen;
}

describe('reporter', () => {
  afterEach(() => diag.disable());

  it('warns once per condition when no logger is set', () => {
    const reporter = createReporter('test', {});
    const seen = warningsOf(() => {
      reporter.condition('CERBERUS_QUEUE_FULL', 'full');
      reporter.condition('CERBERUS_QUEUE_FULL', 'full again');
      reporter.condition('CERBERUS_NO_KEY', 'no key');
      reporter.info('a change of state');
    });
    expect(seen).to.deep.equal([
      { message: 'full', code: 'CERBERUS_QUEUE_FULL' },
      { message: 'no key', code: 'CERBERUS_NO_KEY' },
    ]);
  });

  it('leaves it to the logger when there is one', () => {
    const lines: string[] = [];
    const log = (...args: unknown[]): void => void lines.push(args.join(' '));
    diag.setLogger(
      { error: log, warn: log, info: log, debug: log, verbose: log },
      { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
    );
    const before = lines.length;
    const seen = warningsOf(() => createReporter('test', {}).condition('CERBERUS_NO_KEY', 'no key'));
    expect(seen).to.deep.equal([]);
    expect(lines.slice(before)).to.deep.equal(['test no key']);
  });

  it('F39 lets nothing through that the logger throws', () => {
    let lines = 0;
    let isBroken = false;
    const log = (): void => {
      lines += 1;
      if (isBroken) throw new Error('the logger of the application');
    };
    diag.setLogger(
      { error: log, warn: log, info: log, debug: log, verbose: log },
      { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
    );
    isBroken = true;
    const before = lines;
    const reporter = createReporter('test', { CERBERUS_DEBUG: 'true' });
    reporter.info('a');
    reporter.warn('b');
    reporter.debug('c');
    reporter.condition('CERBERUS_NO_KEY', 'd');
    isBroken = false;
    expect(lines - before).to.equal(4);
  });

  for (const off of ['false', ' FALSE', '0', 'no']) {
    it(`is silent with CERBERUS_WARNINGS=${off}`, () => {
      const seen = warningsOf(() =>
        createReporter('test', { CERBERUS_WARNINGS: off }).condition('CERBERUS_NO_KEY', 'x'),
      );
      expect(seen).to.deep.equal([]);
    });
  }

  it('lets nothing foreign forge a line', () => {
    const seen = warningsOf(() =>
      createReporter('test', {}).condition('CERBERUS_NO_KEY', 'a\r\nb\u001b[31m\u2028c'),
    );
    expect(seen[0]?.message).to.equal('a b [31m c');
  });

  it('writes lines per event only with CERBERUS_DEBUG', () => {
    for (const value of ['true', '1', 'yes', 'YES']) {
      expect(createReporter('test', { CERBERUS_DEBUG: value }).debugging, value).to.equal(true);
    }
    for (const value of [undefined, '', 'false', '0', 'no']) {
      expect(createReporter('test', { CERBERUS_DEBUG: value }).debugging, String(value)).to.equal(false);
    }
  });
});
