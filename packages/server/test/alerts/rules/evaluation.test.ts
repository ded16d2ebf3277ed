import { expect } from 'chai';
import fc from 'fast-check';

import { parseRule } from '../../../dist/alerts/rules/checks.js';
import {
  evaluate,
  MAX_FIRING,
  NEW_STATE,
  type Reading,
  type RuleState,
} from '../../../dist/alerts/rules/evaluation.js';
import type { Rule } from '../../../dist/alerts/rules/rule.js';

const MINUTE = 60_000;

function rule(members: Record<string, unknown>): Rule {
  const parsed = parseRule({ name: 'r', measure: 'error_rate', above: 0.05, ...members });
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

/** What becomes of a rule minute by minute: `F` fires, `R` is resolved, `E` is ended, `.` nothing. */
function course(of: Rule, values: readonly (number | undefined)[], from: RuleState = NEW_STATE): string {
  let state = from;
  return values
    .map((value, minute) => {
      const result = evaluate(of, state, [{ subject: '', value }], (minute + 1) * MINUTE);
      state = result.state;
      return result.transitions.map(({ to }) => to.charAt(0).toUpperCase()).join('') || '.';
    })
    .join('');
}

describe('the state of a rule', () => {
  it('fires once for whatever it is about, also when that has a name that objects know', () => {
    const of = rule({ measure: 'new_error_type', above: undefined });
    for (const subject of ['TypeError', '__proto__', 'constructor', 'hasOwnProperty']) {
      const readings = [{ subject, value: 1 }];
      const first = evaluate(of, NEW_STATE, readings, MINUTE);
      expect(first.transitions.map(({ to }) => to)).to.deep.equal(['firing']);
      // As it is kept.
      const kept = JSON.parse(JSON.stringify(first.state)) as RuleState;
      expect(evaluate(of, kept, readings, 2 * MINUTE).transitions, subject).to.deep.equal([]);
    }
  });

  it('fires once while its value is beyond the limit, and not at the limit', () => {
    expect(course(rule({}), [0.05, 0.051, 0.9, 0.06])).to.equal('.F..');
  });

  it('recovers after two windows in which it was not, and not before', () => {
    const calm = Array<number>(6).fill(0);
    expect(course(rule({ window_minutes: 5 }), [0.1, ...calm])).to.equal('F.....R');
    expect(course(rule({ window_minutes: 5 }), [0.1, 0, 0, 0.1, ...calm])).to.equal('F........R');
    expect(course(rule({ window_minutes: 1, recover_windows: 3 }), [0.1, 0, 0, 0])).to.equal('F..R');
  });

  it('with a second limit recovers there at once, and stays between the two what it was', () => {
    const both = rule({ recover: 0.02 });
    expect(course(both, [0.04, 0.06, 0.04, 0.03, 0.02, 0.04, 0.06])).to.equal('.F..R.F');
    expect(
      course(rule({ recover: 0.02, recover_windows: 2, window_minutes: 1 }), [0.1, 0.02, 0.03, 0.02, 0]),
    ).to.equal('F...R');
  });

  it('is the other way round for too few requests', () => {
    const few = rule({ measure: 'requests', above: undefined, below: 10, recover: 20 });
    expect(course(few, [10, 9, 0, 19, 20])).to.equal('.F..R');
  });

  it('does not fire at what cannot be judged, and recovers by it', () => {
    expect(course(rule({ window_minutes: 1 }), [undefined, 0.1, undefined, undefined])).to.equal('.F.R');
  });

  it('does not take the time in which nobody looked for calm', () => {
    const of = rule({ window_minutes: 5 });
    const { state: fired } = evaluate(of, NEW_STATE, [{ subject: '', value: 1 }], 10 * MINUTE);
    const { state: calm } = evaluate(of, fired, [{ subject: '', value: 0 }], 11 * MINUTE);
    const late = evaluate(of, calm, [{ subject: '', value: 0 }], 60 * MINUTE);
    expect(late.transitions).to.deep.equal([]);
    const later = evaluate(of, late.state, [{ subject: '', value: 0 }], 65 * MINUTE);
    expect(later.transitions).to.deep.include({
      subject: '',
      to: 'resolved',
      value: 0,
      detail: undefined,
      since: 10 * MINUTE,
    });
  });

  it('with short windows recovers also where a server has so many rules that it looks every other minute', () => {
    const of = rule({ window_minutes: 1 });
    const { state: fired } = evaluate(of, NEW_STATE, [{ subject: '', value: 1 }], 10 * MINUTE);
    const { state: calm } = evaluate(of, fired, [{ subject: '', value: 0 }], 12 * MINUTE);
    const { transitions } = evaluate(of, calm, [{ subject: '', value: 0 }], 14 * MINUTE);
    expect(transitions.map(({ to }) => to)).to.deep.equal(['resolved']);
  });

  it('is of each subject by itself, and ends without a word with what is gone', () => {
    const silent = rule({ measure: 'silent_source', above: 10 });
    const at = (
      state: RuleState,
      minute: number,
      readings: readonly Reading[],
    ): ReturnType<typeof evaluate> => evaluate(silent, state, readings, minute * MINUTE);
    const first = at(NEW_STATE, 1, [
      { subject: 'a', value: 11 },
      { subject: 'b', value: 3 },
      { subject: 'toString', value: 12 },
    ]);
    expect(first.transitions.map(({ subject, to }) => [subject, to])).to.deep.equal([
      ['a', 'firing'],
      ['toString', 'firing'],
    ]);
    const second = at(first.state, 2, [
      { subject: 'a', value: 0 },
      { subject: 'b', value: 11 },
    ]);
    expect(second.transitions.map(({ subject, to }) => [subject, to])).to.deep.equal([
      ['a', 'resolved'],
      ['toString', 'ended'],
      ['b', 'firing'],
    ]);
  });

  it('fires of a list of names for no more than so many', () => {
    const readings = Array.from({ length: 200 }, (_, n) => ({ subject: `app-${n}`, value: 99 }));
    const { transitions } = evaluate(
      rule({ measure: 'silent_source', above: 10 }),
      NEW_STATE,
      readings,
      MINUTE,
    );
    expect(transitions).to.have.length(MAX_FIRING);
  });

  it('tells of firing and of its end in turn, whatever the values are', () => {
    const values = fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }));
    const limits = fc.record({
      above: fc.constantFrom(0.2, 0.5),
      recover: fc.constantFrom(undefined, 0, 0.2),
    });
    fc.assert(
      fc.property(values, limits, fc.integer({ min: 1, max: 3 }), (given, limit, windows) => {
        const told = course(
          rule({ ...limit, recover_windows: windows, window_minutes: 1 }),
          given,
        ).replaceAll('.', '');
        expect(told).to.match(/^(?:FR)*F?$/);
      }),
    );
  });
});
