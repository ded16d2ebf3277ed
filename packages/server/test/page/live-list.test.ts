import { expect } from 'chai';

import type { StoredEvent } from '../../page/dist/answers/events.js';
import { matchesFilter } from '../../page/dist/event-filter.js';
import {
  EMPTY_LIST,
  filtered,
  MAX_KEPT,
  reloaded,
  resumed,
  withEvents,
  type LiveEvent,
} from '../../page/dist/live-list.js';
import { traceLink } from '../../page/dist/trace-link.js';

function event(members: Partial<StoredEvent> = {}): StoredEvent {
  return {
    id: 1,
    client_id: 'shop',
    received_at: '2025-03-01T12:00:00.000Z',
    source_ip: null,
    endpoint: '/users/7',
    method: 'GET',
    custom_data: {},
    ...members,
  };
}

function events(from: number, to: number): LiveEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({ key: from + index, event: event() }));
}

const keys = (list: readonly LiveEvent[]): number[] => list.map(({ key }) => key);

describe('the list of live events', () => {
  it('has the newest first, and only so many', () => {
    const list = withEvents(withEvents(EMPTY_LIST, events(1, 2), false), events(3, 4), false);
    expect(keys(list.events)).to.deep.equal([4, 3, 2, 1]);
    const full = withEvents(list, events(5, 5 + MAX_KEPT), false);
    expect(full.events).to.have.length(MAX_KEPT);
    expect(full.events[0]?.key).to.equal(5 + MAX_KEPT);
  });

  it('stands still during a pause also when it begins anew with what is stored, of which it lets wait what it does not have', () => {
    const named = (...names: readonly string[]): LiveEvent[] =>
      names.map((endpoint, key) => ({ key, event: event({ endpoint }) }));
    const list = { events: named('/b', '/a'), waiting: named('/c'), missed: 3 };
    const names = (all: readonly LiveEvent[]): string[] => all.map((each) => each.event.endpoint);
    const paused = reloaded(list, named('/e', '/d', '/c', '/b', '/a'), true);
    expect([names(paused.events), names(paused.waiting), paused.missed]).to.deep.equal([
      ['/b', '/a'],
      ['/e', '/d', '/c'],
      3,
    ]);
    const going = reloaded(list, named('/e', '/d'), false);
    expect([names(going.events), going.waiting, going.missed]).to.deep.equal([['/e', '/d'], [], 0]);
  });

  it('keeps aside what comes during a pause, and counts what that was too much', () => {
    const paused = withEvents(withEvents(EMPTY_LIST, events(1, 1), false), events(2, 3), true);
    expect([keys(paused.events), keys(paused.waiting)]).to.deep.equal([[1], [3, 2]]);
    expect(keys(resumed(paused).events)).to.deep.equal([3, 2, 1]);
    expect(resumed(paused).waiting).to.deep.equal([]);
    expect(withEvents(paused, events(4, 3 + MAX_KEPT), true)).to.include({ missed: 2 });
  });

  it('is narrowed by every word of the filter', () => {
    const one = {
      key: 1,
      event: event({ status_code: 404, route: '/users/:id', custom_data: { plan: 'Pro' } }),
    };
    const list = withEvents(EMPTY_LIST, [one], false);
    for (const filter of ['', ' ', 'users', 'GET 404', '4xx', 'PRO shop', ':id', '"plan"'])
      expect(filtered(list, filter), filter).to.have.length(1);
    for (const filter of ['POST', '5xx', 'GET 500', 'users nothing'])
      expect(filtered(list, filter), filter).to.have.length(0);
  });

  it('takes 4xx for a class of statuses, also where there is none', () => {
    expect(matchesFilter(event({ endpoint: '/4xx' }), '4xx'), 'as text').to.equal(true);
    expect(matchesFilter(event(), '2xx')).to.equal(false);
  });
});

describe('the link of a trace', () => {
  it('puts the id where the template says, and nothing else', () => {
    expect(traceLink('https://t.example/{trace_id}?a={trace_id}', 'a/b?')).to.equal(
      'https://t.example/a%2Fb%3F?a=a%2Fb%3F',
    );
    expect([traceLink(null, 'x'), traceLink(undefined, 'x')]).to.deep.equal([undefined, undefined]);
  });
});
