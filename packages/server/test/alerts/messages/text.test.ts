// What a message says to a person, also of names that somebody else made up.
import { expect } from 'chai';

import { summaryText } from '../../../dist/alerts/messages/summary.js';
import { textOf } from '../../../dist/alerts/messages/text.js';
import { parseRule } from '../../../dist/alerts/rules/checks.js';
import type { Rule } from '../../../dist/alerts/rules/rule.js';
import { MINUTE } from '../../support/alerts/alerts.js';
import { START } from '../../support/events/events.js';

const FORGED = 'Boom\r\n:large_green_circle: all is well\u2028\u202e';

function text(members: object, subject: string, detail?: string, value = 1): string {
  // What is no rule is a text, which ends the test.
  const rule = parseRule({ name: 'r', ...members }) as Rule;
  const transition = { subject, detail, to: 'firing' as const, value, since: START };
  return textOf(rule, transition, START + 5 * MINUTE);
}

describe('the text of a message', () => {
  it('is one line, whatever an application calls itself, its errors and its consumers', () => {
    for (const line of [
      text({ measure: 'new_error_type' }, FORGED),
      text({ measure: 'silent_source', above: 5 }, FORGED),
      text({ measure: 'share', of: 'consumer', above: 0.5 }, '', FORGED),
    ]) {
      expect(line).to.include('Boom :large_green_circle: all is well ');
      expect(line).not.to.match(/[\p{Cc}\u2028\u202e]/u);
    }
    const figures = { requests: 1, errors: 0, clients: 1, p95_ms: 1 };
    const endpoints = [{ method: 'GET', endpoint: `/a\n${FORGED}`, requests: 1, errors: 0 }];
    const week = summaryText('week', { days: 7, now: figures, before: figures, endpoints });
    expect(week.split('\n')).to.have.length(4);
  });

  it('has of a long name its beginning', () => {
    const line = text({ measure: 'new_error_type' }, 'x'.repeat(5000));
    expect(line)
      .to.include(`${'x'.repeat(200)}… is new`)
      .and.to.have.length.below(600);
  });

  it('has so many digits that a value beyond its limit does not look like it, and nearly everything not like everything', () => {
    const of = (measure: string, above: number, value: number): string =>
      /is (.*) in the/.exec(text({ measure, above }, '', undefined, value))?.[1] ?? '';
    expect(of('error_rate', 0.05, 0.0723)).to.equal('7.2 %, above 5 %');
    expect(of('error_rate', 0.05, 0.05004)).to.equal('5.004 %, above 5 %');
    expect(of('share', 0.5, 0.50049)).to.equal('50.05 %, above 50 %');
    expect(of('error_rate', 0.5, 0.99996)).to.equal('99.996 %, above 50 %');
    expect(of('error_rate', 0.5, 1)).to.equal('100 %, above 50 %');
    expect(of('p95_ms', 800, 800.4)).to.equal('800.4 ms, above 800 ms');
    expect(of('p95_ms', 800, 912.7)).to.equal('913 ms, above 800 ms');
    const figures = { requests: 1000, errors: 998, clients: 1, p95_ms: 1 };
    const week = summaryText('week', { days: 7, now: figures, before: null, endpoints: [] });
    expect(week).to.include('99.8 % errors');
  });
});
