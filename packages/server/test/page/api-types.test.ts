// What the page takes answers to be is what they are described as. Most of this is seen by the compiler: another type of a member does not compile.
import { expect } from 'chai';

import type { Answer } from '../../dist/api/answers/members.js';
import type { SCHEMAS } from '../../dist/api/description/answers.js';
import type * as Page from '../../page/dist/api-types.js';
import { factsOf } from '../../page/dist/event-facts.js';

/** What comes of a value that is written and read: what is undefined is not there. */
type Written<T> = T extends readonly (infer Member)[]
  ? readonly Written<Member>[]
  : T extends object
    ? { readonly [Name in keyof T]: Written<Exclude<T[Name], undefined>> }
    : T;

type Described<Name extends keyof typeof SCHEMAS> = Written<Answer<(typeof SCHEMAS)[Name]>>;

/** A function for each answer of which it is known what the page takes it to be. */
const TAKEN = {
  Overview: (answer: Described<'Overview'>): Page.Overview => answer,
  Endpoints: (answer: Described<'Endpoints'>): Page.Endpoints => answer,
  Clients: (answer: Described<'Clients'>): Page.Clients => answer,
  Consumers: (answer: Described<'Consumers'>): Page.Consumers => answer,
  Releases: (answer: Described<'Releases'>): Page.Releases => answer,
  Values: (answer: Described<'Values'>): Page.Values => answer,
  Metrics: (answer: Described<'Metrics'>): Page.Metrics => answer,
  Metric: (answer: Described<'Metric'>): Page.MetricDetail => answer,
  EventPage: (answer: Described<'EventPage'>): Page.Events => answer,
  OneEvent: (answer: Described<'OneEvent'>): Page.OneEvent => answer,
  Sources: (answer: Described<'Sources'>): Page.Sources => answer,
  Nodes: (answer: Described<'Nodes'>): Page.Nodes => answer,
  Session: (answer: Described<'Session'>): Page.Session => answer,
  Tokens: (answer: Described<'Tokens'>): Page.Tokens => answer,
  NewToken: (answer: Described<'NewToken'>): Page.NewToken => answer,
  Shares: (answer: Described<'Shares'>): Page.Shares => answer,
  NewShare: (answer: Described<'NewShare'>): Page.NewShare => answer,
};

describe('an answer, as the page takes it,', () => {
  it('is as it is described', () => {
    const page: Described<'EventPage'> = {
      events: [
        {
          id: 1,
          client_id: 'shop',
          received_at: '2025-03-01T12:00:00.000Z',
          source_ip: null,
          endpoint: '/',
          scheme: true,
          method: 'GET',
          custom_data: {},
        },
      ],
      next: null,
    };
    const [event] = TAKEN.EventPage(page).events;
    if (event === undefined) throw new Error('no event');
    const scheme = (value: boolean): unknown =>
      factsOf({ ...event, scheme: value }).find(({ label }) => label === 'Scheme')?.value;
    expect([scheme(true), scheme(false)]).to.deep.equal(['https', 'http']);
  });
});
