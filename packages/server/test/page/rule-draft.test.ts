import { expect } from 'chai';
import fc from 'fast-check';

import {
  CHOICES,
  conditionText,
  draftOf,
  newDraft,
  ruleOf,
  watching,
  type RuleDraft,
  type Watched,
} from '../../page/dist/alerts/rule-draft.js';
import { destinationProblem, ruleProblem } from '../../page/dist/alerts/field-problem.js';
import { parseDestination } from '../../dist/alerts/delivery/destination.js';
import { parseRule } from '../../dist/alerts/rules/checks.js';

const NAMES = Object.keys(CHOICES) as Watched[];

describe('the form of a rule', () => {
  it('makes a rule that the server takes, whatever is watched', () => {
    for (const watched of NAMES) {
      const draft = { ...watching(newDraft('Europe/Berlin'), watched), name: ` ${watched} ` };
      const body = JSON.parse(JSON.stringify(ruleOf(draft, { client_id: 'a', status: '5xx' }))) as object;
      const rule = parseRule(body);
      if (typeof rule === 'string') throw new Error(`${watched}: ${rule}`);
      expect(rule.name).to.equal(watched);
      expect(rule.filter).to.deep.equal(
        watched === 'silent' ? { client_id: 'a' } : { client_id: 'a', status: '5xx' },
      );
    }
  });

  it('takes per cent, and sends a share', () => {
    const draft = { ...newDraft('UTC'), name: 'r', limit: '7.2', recover: '2.5' };
    expect(ruleOf(draft, {})).to.deep.include({ measure: 'error_rate', above: 0.072, recover: 0.025 });
    expect(draftOf(ruleOf(draft, {}))).to.deep.include({ limit: '7.2', recover: '2.5' });
  });

  it('has all that a rule may have, and of something else that is watched what the server takes with it', () => {
    const kept = { min_requests: 7, recover_windows: 3, delay_seconds: 90, paused: true };
    const rule = { ...ruleOf({ ...newDraft('UTC'), name: 'r' }, {}), ...kept };
    expect(ruleOf(draftOf(rule), {})).to.deep.include(kept);
    const other = ruleOf(watching(draftOf(rule), 'silent'), {});
    expect(other).to.deep.include({ delay_seconds: 90, paused: true });
    expect(other).not.to.have.any.keys('min_requests', 'recover_windows', 'recover');
  });

  it('shows a rule as it was written', () => {
    const number = fc.integer({ min: 1, max: 100 }).map(String);
    const texts = fc.record({ limit: number, windowMinutes: number, name: fc.constantFrom('a', 'b c') });
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), texts, (watched, given) => {
        const rule = ruleOf({ ...watching(newDraft('UTC'), watched), ...given }, {});
        expect(JSON.stringify(ruleOf(draftOf(rule), {}))).to.equal(JSON.stringify(rule));
      }),
    );
  });

  it('says in words what is watched', () => {
    const text = (watched: Watched): string => conditionText(ruleOf(watching(newDraft('UTC'), watched), {}));
    expect(NAMES.map(text).map((each) => each.replaceAll('\u202F', ' '))).to.deep.equal([
      'Error rate above 5.0 %',
      '95th percentile above 1 s',
      'Requests above 10,000',
      'Requests below 1',
      'Share of one client above 50 %',
      'Application silent for 15 min',
      'New type of error',
      'Summary of the week, 0 8 * * 1 UTC',
    ]);
  });

  it('says of what the server refuses which field it is about, in the words of the form', () => {
    const refused = (change: Partial<RuleDraft>, watched: Watched): string => {
      const draft = { ...watching(newDraft('UTC'), watched), name: 'r', ...change };
      const rule = parseRule(JSON.parse(JSON.stringify(ruleOf(draft, {}))));
      return typeof rule === 'string' ? `${rule}.` : '';
    };
    const problem = (change: Partial<RuleDraft>, watched: Watched = 'error_rate'): unknown =>
      ruleProblem(refused(change, watched), watched);
    expect(problem({ limit: '500' })).to.deep.equal({
      field: 'limit',
      text: 'Must be a number from 0 to 100.',
    });
    expect(problem({ limit: 'x' }, 'p95')).to.deep.equal({
      field: 'limit',
      text: 'Must be a number, 0 or more.',
    });
    expect(problem({ limit: '5', recover: '6' })).to.deep.equal({
      field: 'recover',
      text: 'Must not be above the limit.',
    });
    for (const [change, watched, field] of [
      [{ name: ' ' }, 'p95', 'name'],
      [{ minRequests: '-1' }, 'p95', 'minRequests'],
      [{ recoverWindows: '0' }, 'fewer', 'recoverWindows'],
      [{ delaySeconds: '1.5' }, 'silent', 'delaySeconds'],
      [{ schedule: 'weekly' }, 'summary', 'schedule'],
      [{ timeZone: 'Mars' }, 'summary', 'timeZone'],
    ] as const)
      expect(problem(change, watched), field).to.include({ field });
    expect(ruleProblem('there are 200 rules: remove one first.', 'p95')).to.equal(undefined);
    for (const [wish, field] of [
      [{ kind: 'slack', name: 'a', url: 'ftp://a' }, 'address'],
      [{ kind: 'webhook', name: '', url: 'http://a' }, 'name'],
      [{ kind: 'webhook', name: 'a', url: 'http://a', secret: 'x' }, 'secret'],
      [{ kind: 'email', name: 'a', smtp: 'smtp://a', from: 'x', to: ['a@b'] }, 'from'],
      [{ kind: 'email', name: 'a', smtp: 'smtp://a', from: 'a@b', to: ['x'] }, 'to'],
    ] as const)
      expect(destinationProblem(String(parseDestination(wish))), field).to.include({ field });
  });
});
