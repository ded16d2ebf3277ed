// Where a message leads: the page, with the filter and the time of what it tells, as the page itself reads its address.
import { expect } from 'chai';

import { PageLinks } from '../../../dist/alerts/messages/page-links.js';
import { parseRule } from '../../../dist/alerts/rules/checks.js';
import type { Transition } from '../../../dist/alerts/rules/evaluation.js';
import type { Rule } from '../../../dist/alerts/rules/rule.js';
import { parseState, type UrlState } from '../../../page/dist/url-state.js';
import { MINUTE } from '../../support/alerts/alerts.js';
import { START } from '../../support/events/events.js';

const WINDOW = { since: START, until: START + 5 * MINUTE };
const FIRING: Transition = { subject: '', to: 'firing', value: 1, since: WINDOW.until };

function rule(members: object): Rule {
  const parsed = parseRule({ name: 'r', ...members });
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

/** What the page shows at the address. */
function shown(url: string | undefined): UrlState {
  const { origin, pathname, search } = new URL(url ?? '');
  expect(origin + pathname).to.equal('https://a.example/cerberus/');
  return parseState(search);
}

describe('the link of a message', () => {
  const links = new PageLinks('https://a.example/cerberus');

  it('is not there without an address of the page', () => {
    const none = new PageLinks(undefined);
    const errors = rule({ measure: 'error_rate', above: 0.1 });
    expect([none.transition(errors, FIRING, WINDOW), none.alerts()]).to.deep.equal([undefined, undefined]);
  });

  it('has the filter and the window of the rule', () => {
    const filter = { client_id: 'shop', endpoint: '/a?b=c&d', status: '5xx' };
    const state = shown(
      links.transition(rule({ measure: 'error_rate', above: 0.1, filter }), FIRING, WINDOW),
    );
    expect(state).to.deep.include({
      view: 'errors',
      clientId: 'shop',
      range: WINDOW,
      filter: { endpoint: '/a?b=c&d', status: '5xx' },
    });
  });

  it('begins with the window in which it began to fire, once that is over', () => {
    const slow = rule({ measure: 'p95_ms', above: 100 });
    const later = { since: START + 60 * MINUTE, until: START + 65 * MINUTE };
    const state = shown(links.transition(slow, { ...FIRING, to: 'resolved' }, later));
    expect(state).to.deep.include({ view: 'latency', range: { since: START, until: later.until } });
  });

  it('has what fires, where a rule looks at several things', () => {
    const of = (members: object, transition: Partial<Transition>): UrlState =>
      shown(links.transition(rule(members), { ...FIRING, ...transition }, WINDOW));
    expect(of({ measure: 'silent_source', above: 5 }, { subject: 'shop' })).to.deep.include({
      view: 'sources',
      clientId: 'shop',
    });
    expect(of({ measure: 'new_error_type' }, { subject: 'TypeError' })).to.deep.include({
      view: 'requests',
      filter: { error_type: 'TypeError' },
    });
    const detail = { detail: 'abcdef012345' };
    expect(of({ measure: 'share', above: 0.5 }, detail).filter).to.deep.equal({ source_ip: 'abcdef012345' });
    expect(of({ measure: 'share', above: 0.5, of: 'client_id' }, { detail: 'shop' }).clientId).to.equal(
      'shop',
    );
    expect(of({ measure: 'requests', below: 1 }, {})).to.deep.include({ view: 'overview', filter: {} });
  });

  it('of a summary is of its days', () => {
    const week = rule({ measure: 'summary', schedule: '0 8 * * 1', filter: { client_id: 'shop' } });
    const now = START + 8 * 1440 * MINUTE;
    expect(shown(links.summary(week, now))).to.deep.include({
      view: 'overview',
      clientId: 'shop',
      range: { since: now - 7 * 1440 * MINUTE, until: now },
    });
  });
});
