import { expect } from 'chai';
import { HookFailures, nameOf } from '../../dist/esm/observe/hook-failures.js';
import { RecordingReporter } from '../support/recording-reporter.js';

describe('HookFailures', () => {
  it('counts every failure and reports each kind once', () => {
    const reporter = new RecordingReporter();
    const failures = new HookFailures(reporter);
    for (const hook of ['onStart', 'onStart', 'onEnd']) failures.add(hook, new RangeError('203.0.113.77'));
    expect(failures.count).to.equal(3);
    expect(reporter.codes).to.deep.equal(['CERBERUS_HOOK_FAILED', 'CERBERUS_HOOK_FAILED']);
    expect(reporter.conditions[0]?.message).to.include('onStart failed (RangeError)');
  });

  it('shows nothing of the message, which may hold an address', () => {
    const reporter = new RecordingReporter();
    new HookFailures(reporter).add('onStart', new Error('canary 203.0.113.77'));
    expect(JSON.stringify(reporter.conditions)).to.not.match(/canary|203/);
  });

  it('survives a logger that throws', () => {
    const reporter = new RecordingReporter();
    reporter.condition = () => {
      throw new Error('the logger');
    };
    const failures = new HookFailures(reporter);
    failures.add('onStart', 1);
    expect(failures.count).to.equal(1);
  });
});

describe('nameOf', () => {
  it('is the kind of an error, or of what was thrown instead of one', () => {
    const hostile = new Error('x');
    hostile.name = 'two words\n';
    const nasty = new Error('x');
    Object.defineProperty(nasty, 'name', { get: () => JSON.parse('{') as string });
    expect([new TypeError('x'), 'text', null, hostile, nasty].map((error) => nameOf(error))).to.deep.equal([
      'TypeError',
      'string',
      'object',
      'Error',
      'Error',
    ]);
  });
});
