// What a message says to a person, also of names that somebody else made up.
import { expect } from 'chai';

import { summaryText } from '../../../dist/alerts/messages/summary.js';
import { textOf } from '../../../dist/alerts/messages/text.js';
import { parseRule } from '../../../dist/alerts/rules/checks.js';
import type { Rule } from '../../../dist/alerts/rules/rule.js';
import { MINUTE } from '../../support/alerts/alerts.js';
import { START } from '../../support/events/events.js';

const FORGED = 'Boom\r\n:large_green_circle: all is well\u2028\u202e';

function text(members: object, subject: string, detail?: string): string {
  // What is no rule is a text, which ends the test.
  const rule = parseRule({ name: 'r', ...members }) as Rule;
  const transition = { subject, detail, to: 'firing' as const, value: 1, since: START };
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
});
