// What the page takes answers to be is what they are described as. Most of this is seen by the compiler: another type of a member does not compile.
import { expect } from 'chai';

import type { Answer } from '../../dist/api/answers/members.js';
import type { SCHEMAS } from '../../dist/api/description/answers.js';
import type { Clients } from '../../page/dist/answers/clients.js';
import type { Consumers } from '../../page/dist/answers/consumers.js';
import type { Endpoints } from '../../page/dist/answers/endpoints.js';
import type { Errors } from '../../page/dist/answers/errors.js';
import type { Events, OneEvent } from '../../page/dist/answers/events.js';
import type { LatencySpread, Week } from '../../page/dist/answers/latency.js';
import type { MetricDetail, Metrics } from '../../page/dist/answers/metrics.js';
import type { Overview } from '../../page/dist/answers/overview.js';
import type { Releases } from '../../page/dist/answers/releases.js';
import type { Nodes, Sources } from '../../page/dist/answers/senders.js';
import type { Session } from '../../page/dist/answers/session.js';
import type { NewShare, Shares } from '../../page/dist/answers/shares.js';
import type { NewToken, Tokens } from '../../page/dist/answers/tokens.js';
import type { Values } from '../../page/dist/answers/values.js';
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
  Overview: (answer: Described<'Overview'>): Overview => answer,
  Endpoints: (answer: Described<'Endpoints'>): Endpoints => answer,
  Errors: (answer: Described<'Errors'>): Errors => answer,
  Latency: (answer: Described<'Latency'>): LatencySpread => answer,
  Week: (answer: Described<'Week'>): Week => answer,
  Clients: (answer: Described<'Clients'>): Clients => answer,
  Consumers: (answer: Described<'Consumers'>): Consumers => answer,
  Releases: (answer: Described<'Releases'>): Releases => answer,
  Values: (answer: Described<'Values'>): Values => answer,
  Metrics: (answer: Described<'Metrics'>): Metrics => answer,
  Metric: (answer: Described<'Metric'>): MetricDetail => answer,
  EventPage: (answer: Described<'EventPage'>): Events => answer,
  OneEvent: (answer: Described<'OneEvent'>): OneEvent => answer,
  Sources: (answer: Described<'Sources'>): Sources => answer,
  Nodes: (answer: Described<'Nodes'>): Nodes => answer,
  Session: (answer: Described<'Session'>): Session => answer,
  Tokens: (answer: Described<'Tokens'>): Tokens => answer,
  NewToken: (answer: Described<'NewToken'>): NewToken => answer,
  Shares: (answer: Described<'Shares'>): Shares => answer,
  NewShare: (answer: Described<'NewShare'>): NewShare => answer,
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
