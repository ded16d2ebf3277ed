import { expect } from 'chai';

import type { CerberusEvent, StoredEvent } from '../../dist/event/event.js';
import { EVENT_ORDERS, orderValue } from '../../dist/store/questions/event-order.js';
import type { DocumentChange, Documents } from '../../dist/store/documents.js';
import type { EventQuery } from '../../dist/store/questions/event-query.js';
import { NO_SERVICE_INFO } from '../../dist/store/questions/producer.js';
import type { Store } from '../../dist/store/store.js';
import { until, within } from './deadline.js';
import { append, emptyEvent, HASH, lastSeqOf, producerRef, START, storeEvent } from './events.js';

const ALL: EventQuery = { limit: 1000 };

/** What every store keeps, whatever it is made of. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`${name}: the contract of stores`, () => {
    let store: Store;

    beforeEach(async () => {
      store = await open();
    });

    afterEach(async () => {
      await store.close();
    });

    appends(() => store);
    claims(() => store);
    producers(() => store);
    forgetting(() => store);
    notifications(() => store);
    pages(() => store);
    summaries(() => store);
    documents(() => store.documents);
    closing(() => store);
  });
}

function documents(of: () => Documents): void {
  const a = (id: string, version: number, content: string | undefined = '{}'): DocumentChange => ({
    kind: 'a',
    id,
    version,
    content,
  });

  it('lists documents of some kinds in the order in which they were made, however they were changed', async () => {
    expect(await of().change([a('z', 0), a('y', 0), { ...a('x', 0), kind: 'b' }])).to.equal(true);
    expect(await of().change([a('w', 0, '"ü\'"')])).to.equal(true);
    expect(await of().change([a('z', 1, '{"n":2}')])).to.equal(true);
    expect(await of().list(['a', 'c'])).to.deep.equal([
      { kind: 'a', id: 'z', version: 2, content: '{"n":2}' },
      { kind: 'a', id: 'y', version: 1, content: '{}' },
      { kind: 'a', id: 'w', version: 1, content: '"ü\'"' },
    ]);
    expect(await of().list(['b', 'a'])).to.have.length(4);
    expect(await of().list([])).to.deep.equal([]);
  });

  it('changes documents all together, or none where one is not of its version', async () => {
    await of().change([a('x', 0), a('y', 0)]);
    const before = await of().list(['a']);
    for (const wrong of [a('x', 0), a('x', 2), a('z', 1), { ...a('x', 2), content: undefined }])
      expect(await of().change([a('y', 1, '[]'), wrong]), JSON.stringify(wrong)).to.equal(false);
    expect(await of().list(['a'])).to.deep.equal(before);
    expect(await of().change([{ ...a('x', 1), content: undefined }, a('y', 1, '[]')])).to.equal(true);
    expect(await of().list(['a'])).to.deep.equal([{ kind: 'a', id: 'y', version: 2, content: '[]' }]);
    expect(await of().change([a('x', 0)])).to.equal(true);
  });

  it('lets one of those who change a document at once do so', async () => {
    await of().change([a('x', 0)]);
    const all = await Promise.all(Array.from({ length: 8 }, (_, n) => of().change([a('x', 1, String(n))])));
    expect(all.filter(Boolean)).to.have.length(1);
    expect((await of().list(['a']))[0]).to.deep.include({ version: 2, content: String(all.indexOf(true)) });
  });
}

function forgetting(store: () => Store): void {
  const seen = (producer: string, receivedAt: number): Promise<unknown> =>
    store().append(append({ producer: producerRef({ producer }), receivedAt, seq: 5 }));

  it('forgets producers that were last seen before an instant, and none of their events', async () => {
    await seen('old', START);
    await seen('kept', START);
    await seen('edge', START + 1);
    await seen('new', START + 1000);
    expect(await store().forgetProducers(START + 1, ['kept', 'unknown'])).to.equal(1);
    for (const [producer, lastSeq] of Object.entries({ old: 0, kept: 5, edge: 5, new: 5 })) {
      expect(await lastSeqOf(store(), producer), producer).to.equal(lastSeq);
    }
    expect(await store().events(ALL)).to.have.length(4);
    expect(await store().forgetProducers(START + 1, ['kept'])).to.equal(0);
    expect(await store().forgetProducers(START + 1, [])).to.equal(1);
  });

  it('takes a forgotten producer back, as one that is new', async () => {
    await seen('back', START);
    await store().forgetProducers(START + 1, []);
    const again = append({ producer: producerRef({ producer: 'back' }), seq: 6 });
    expect(await store().append(again)).to.deep.equal({ status: 'stored', skipped: 5 });
    expect(await store().producer('back')).to.include({ lastSeq: 6, events: 1, firstSeen: START + 50 });
  });

  it('forgets between appends, not in the middle of them', async () => {
    const results = await Promise.all([
      ...Array.from({ length: 20 }, (_, n) => seen(`before-${n}`, START + 10)),
      store().forgetProducers(START + 1, []),
      ...Array.from({ length: 20 }, (_, n) => seen(`after-${n}`, START + 10)),
    ]);
    expect(results.filter((result) => typeof result === 'object')).to.have.length(40);
    expect(await store().events(ALL)).to.have.length(40);
  });
}

function appends(store: () => Store): void {
  it('returns every member of an event as it was given', async () => {
    const event = storeEvent();
    await store().append(append({ events: [event] }));
    const [stored] = await store().events(ALL);
    expect(stored).to.deep.equal({ ...event, id: stored?.id, receivedAt: START + 50 });
  });

  it('returns null for every member that was not given', async () => {
    const event = emptyEvent();
    const producer = producerRef({ service: NO_SERVICE_INFO });
    await store().append(append({ events: [event], producer }));
    const [stored] = await store().events(ALL);
    expect(stored).to.deep.equal({ ...event, id: stored?.id, receivedAt: START + 50 });
  });

  it('says of an event what served it, as its producer says, unless it says so itself', async () => {
    const service = { version: '1.4.2', environment: 'staging', instanceId: 'pod-1' };
    const events = [emptyEvent(), { ...emptyEvent(), release: '1.4.1', environment: 'production' }];
    await store().append(append({ events, producer: producerRef({ service }) }));
    const stored = await store().events({ ...ALL, order: 'oldest' });
    expect(stored.map(({ release, environment }) => [release, environment])).to.deep.equal([
      ['1.4.2', 'staging'],
      ['1.4.1', 'production'],
    ]);
    expect(await store().events({ ...ALL, release: '1.4.2', environment: 'staging' })).to.have.length(1);
    expect(await store().events({ ...ALL, release: '1.4.2', environment: 'production' })).to.have.length(0);
  });

  it('keeps texts of any script, quotes and line breaks', async () => {
    const endpoint = `/ünï/日本/🎉/'"\\;--\r\n\u2028`;
    await store().append(
      append({ events: [storeEvent({ endpoint, customData: JSON.stringify({ [endpoint]: endpoint }) })] }),
    );
    const [stored] = await store().events(ALL);
    expect(stored?.endpoint).to.equal(endpoint);
    expect(JSON.parse(stored?.customData ?? '')).to.deep.equal({ [endpoint]: endpoint });
  });

  it('is readable when the append resolves', async () => {
    for (let seq = 1; seq <= 20; seq += 1) {
      await store().append(append({ seq }));
      expect(await store().events(ALL)).to.have.length(seq);
      expect(await lastSeqOf(store(), 'producer-1')).to.equal(seq);
    }
  });

  it('stores a frame once, however often it comes', async () => {
    const frame = append({ seq: 1, events: [storeEvent(), storeEvent()] });
    const outcomes = await Promise.all([store().append(frame), store().append(frame)]);
    outcomes.push(await store().append(frame));
    expect(outcomes.map((outcome) => outcome.status)).to.deep.equal(['stored', 'duplicate', 'duplicate']);
    expect(await store().events(ALL)).to.have.length(2);
  });

  it('ignores a frame below the last stored one', async () => {
    await store().append(append({ seq: 7 }));
    expect(await store().append(append({ seq: 3 }))).to.deep.equal({ status: 'duplicate' });
    expect(await lastSeqOf(store(), 'producer-1')).to.equal(7);
  });

  it('takes any number above the last one and says how many were skipped', async () => {
    expect(await store().append(append({ seq: 5 }))).to.deep.equal({ status: 'stored', skipped: 4 });
    expect(await store().append(append({ seq: 6 }))).to.deep.equal({ status: 'stored', skipped: 0 });
    expect(await store().append(append({ seq: 9 }))).to.deep.equal({ status: 'stored', skipped: 2 });
  });

  it('does not store a frame whose predecessor is missing', async () => {
    await store().append(append({ seq: 1 }));
    expect(await store().append(append({ seq: 3, after: 2 }))).to.deep.equal({ status: 'gap' });
    expect(await lastSeqOf(store(), 'producer-1')).to.equal(1);
    expect(await store().events(ALL)).to.have.length(1);
  });

  it('decides frames of one group in their order', async () => {
    const frames = [
      append({ seq: 1 }),
      append({ seq: 2, after: 1 }),
      append({ seq: 4, after: 3 }),
      append({ seq: 2 }),
    ];
    const outcomes = await Promise.all(frames.map((frame) => store().append(frame)));
    expect(outcomes.map((outcome) => outcome.status)).to.deep.equal(['stored', 'stored', 'gap', 'duplicate']);
  });

  it('numbers producers independently', async () => {
    const other = producerRef({ producer: 'producer-2' });
    await Promise.all([
      store().append(append({ seq: 4 })),
      store().append(append({ seq: 2, producer: other })),
    ]);
    expect(await lastSeqOf(store(), 'producer-1')).to.equal(4);
    expect(await lastSeqOf(store(), 'producer-2')).to.equal(2);
    expect(await lastSeqOf(store(), 'producer-3')).to.equal(0);
  });

  it('takes every append without a sequence number as new', async () => {
    const event = append({ seq: null, producer: producerRef({ producer: 'event:my-app', mode: 'event' }) });
    await Promise.all([store().append(event), store().append(event), store().append(event)]);
    expect(await store().events(ALL)).to.have.length(3);
    expect((await store().producer('event:my-app'))?.events).to.equal(3);
  });

  it('gives each event an id of its own, which grow with the order within an append', async () => {
    const seqs = Array.from({ length: 30 }, (_, index) => index + 1);
    await Promise.all(
      seqs.map((seq) => store().append(append({ seq, events: [at(2 * seq), at(2 * seq + 1)] }))),
    );
    const stored = await store().events(ALL);
    const ids = new Map(stored.map((event) => [(event.timestamp ?? 0) - START, event.id]));
    for (const seq of seqs) expect(ids.get(2 * seq)).to.be.lessThan(ids.get(2 * seq + 1) ?? 0);
    expect(new Set(ids.values()).size).to.equal(60);
  });
}

function claims(store: () => Store): void {
  it('tells whoever claims a producer how far it has come', async () => {
    expect((await store().claim(producerRef())).lastSeq).to.equal(0);
    await store().append(append({ seq: 7 }));
    expect((await store().claim(producerRef())).lastSeq).to.equal(7);
    expect((await store().claim(producerRef({ producer: 'producer-2' }))).lastSeq).to.equal(0);
  });

  it('stores nothing that comes with an older claim, not even as a duplicate', async () => {
    const { claim: first } = await store().claim(producerRef());
    expect((await store().append(append({ seq: 1, claim: first }))).status).to.equal('stored');
    const { claim: second, lastSeq } = await store().claim(producerRef());
    expect(lastSeq).to.equal(1);
    const late = await Promise.all(
      [1, 2].map((seq) => store().append(append({ seq, claim: first, rejected: 1 }))),
    );
    expect(late).to.deep.equal([{ status: 'superseded' }, { status: 'superseded' }]);
    expect(await store().producer('producer-1')).to.deep.include({ lastSeq: 1, events: 1, rejected: 0 });
    expect((await store().append(append({ seq: 2, claim: second }))).status).to.equal('stored');
  });

  it('gives a claim that counts what was appended before it, and nothing that was appended after it', async () => {
    const { claim } = await store().claim(producerRef());
    const seqs = Array.from({ length: 20 }, (_, index) => index + 1);
    const before = seqs.map((seq) => store().append(append({ seq, claim })));
    const taken = store().claim(producerRef());
    const statuses = (await Promise.all(before)).map(({ status }) => status);
    const { lastSeq } = await taken;
    expect(statuses.filter((status) => status === 'stored')).to.have.length(lastSeq);
    expect(await lastSeqOf(store(), 'producer-1')).to.equal(lastSeq);
  });

  it('leaves the claims of other producers alone', async () => {
    const { claim } = await store().claim(producerRef());
    await store().claim(producerRef({ producer: 'producer-2' }));
    expect((await store().append(append({ claim }))).status).to.equal('stored');
  });

  it('lists no producer of which nothing was stored', async () => {
    await store().claim(producerRef());
    expect(await store().producer('producer-1')).to.equal(undefined);
    const { analytics } = store();
    const all = { limit: 10, first: [] };
    expect((await analytics.producers(all)).total).to.equal(0);
    expect((await analytics.applications(all)).total).to.equal(0);
  });

  it('keeps the claim of a producer that is connected when it forgets', async () => {
    const { claim: old } = await store().claim(producerRef());
    const { claim } = await store().claim(producerRef());
    await store().append(append({ claim, receivedAt: START }));
    await store().forgetProducers(START + 1, ['producer-1']);
    expect((await store().append(append({ seq: 2, claim: old }))).status).to.equal('superseded');
    expect((await store().append(append({ seq: 2, claim }))).status).to.equal('stored');
  });
}

function producers(store: () => Store): void {
  it('keeps a row per producer', async () => {
    const producer = producerRef();
    await store().append(append({ seq: 1, rejected: 2, receivedAt: START }));
    await store().append(
      append({ seq: 2, rejected: 1, receivedAt: START + 9, events: [storeEvent(), storeEvent()] }),
    );
    expect(await store().producer('producer-1')).to.deep.equal({
      ...producer,
      lastSeq: 2,
      firstSeen: START,
      lastSeen: START + 9,
      events: 3,
      rejected: 3,
    });
  });

  it('advances the number for a frame of which nothing is left', async () => {
    expect(await store().append(append({ seq: 1, events: [], rejected: 3 }))).to.deep.equal({
      status: 'stored',
      skipped: 0,
    });
    expect(await store().producer('producer-1')).to.deep.include({ lastSeq: 1, events: 0, rejected: 3 });
    expect(await store().events(ALL)).to.deep.equal([]);
  });

  it('counts a frame that comes again only once', async () => {
    await store().append(append({ rejected: 2 }));
    await store().append(append({ rejected: 2 }));
    expect(await store().producer('producer-1')).to.deep.include({ events: 1, rejected: 2 });
  });

  it('knows nothing of a producer that never sent', async () => {
    expect(await store().producer('nobody')).to.equal(undefined);
  });
}

function notifications(store: () => Store): void {
  it('calls back after each commit with the events that can be read by then', async () => {
    const seen: StoredEvent[] = [];
    store().onCommit((events) => seen.push(...events));
    await Promise.all([1, 2, 3].map((seq) => store().append(append({ seq, events: [at(seq)] }))));
    await store().append(append({ seq: 3 }));
    expect(seen.map((event) => event.timestamp)).to.deep.equal([START + 1, START + 2, START + 3]);
    expect((await store().events(ALL)).toReversed()).to.deep.equal(seen);
  });

  it('tells those who watch of what was stored', async () => {
    let count = 0;
    const stop = store().watch((events, leftOut) => {
      count += events.length + leftOut;
    });
    await store().append(append({ seq: 1, events: [at(1), at(2)] }));
    await until('both were told', () => count === 2);
    stop();
    await store().append(append({ seq: 2 }));
    expect(count).to.equal(2);
  });

  it('stops calling back when asked to', async () => {
    let calls = 0;
    const stop = store().onCommit(() => {
      calls += 1;
    });
    await store().append(append({ seq: 1 }));
    stop();
    await store().append(append({ seq: 2 }));
    expect(calls).to.equal(1);
  });

  it('acknowledges although a listener throws', async () => {
    store().onCommit(() => {
      throw new Error('a broken listener');
    });
    expect((await store().append(append())).status).to.equal('stored');
  });
}

function pages(store: () => Store): void {
  it('returns the newest first, by the time of the request, else of arrival', async () => {
    const events = [at(30), at(10), storeEvent({ timestamp: null }), at(90)];
    await store().append(append({ events, receivedAt: START + 50 }));
    const times = (await store().events(ALL)).map((event) => (event.timestamp ?? event.receivedAt) - START);
    expect(times).to.deep.equal([90, 50, 30, 10]);
  });

  it('filters half-open by time', async () => {
    await store().append(append({ events: [at(1), at(2), at(3), at(4)] }));
    const found = await store().events({ ...ALL, since: START + 2, until: START + 4 });
    expect(found.map((event) => (event.timestamp ?? 0) - START)).to.deep.equal([3, 2]);
  });

  it('filters by client, by the name of an endpoint, and by path', async () => {
    const byRoute = storeEvent({ endpoint: '/a/1', route: '/a/:id' });
    const byPath = storeEvent({ endpoint: '/b', route: null, clientId: 'other' });
    await store().append(append({ events: [byRoute, byPath] }));
    const paths = async (query: Partial<EventQuery>): Promise<string[]> =>
      (await store().events({ ...ALL, ...query })).map((event) => event.endpoint);
    expect(await paths({ endpoint: '/a/:id' })).to.deep.equal(['/a/1']);
    expect(await paths({ endpoint: '/a/1' })).to.deep.equal([]);
    expect(await paths({ path: '/a/1' })).to.deep.equal(['/a/1']);
    expect(await paths({ endpoint: '/b' })).to.deep.equal(['/b']);
    expect(await paths({ endpoint: '/b', clientId: 'my-app' })).to.deep.equal([]);
    expect(await paths({ clientId: 'other' })).to.deep.equal(['/b']);
  });

  it('treats what a user asks for as a value, never as a statement', async () => {
    await store().append(append());
    const hostile = `' OR 1=1; DROP TABLE events; --`;
    expect(await store().events({ ...ALL, endpoint: hostile, clientId: hostile })).to.deep.equal([]);
    expect(await store().producer(hostile)).to.equal(undefined);
    expect(await store().events(ALL)).to.have.length(1);
  });

  it('pages through events of one instant without repeating or missing one, while new ones arrive', async () => {
    await store().append(
      append({ seq: 1, events: Array.from({ length: 25 }, (_, i) => at(i < 20 ? 5 : 4)) }),
    );
    const expected = (await store().events(ALL)).map((event) => event.id);
    const paged: number[] = [];
    let after: EventQuery['after'];
    for (let page = 0; page < 10; page += 1) {
      const events = await store().events({ limit: 4, after });
      paged.push(...events.map((event) => event.id));
      const last = events.at(-1);
      if (last === undefined) break;
      after = { value: last.timestamp ?? last.receivedAt, id: last.id };
      await store().append(append({ seq: page + 2, events: [at(5)] }));
    }
    expect(paged).to.deep.equal(expected);
  });

  for (const order of EVENT_ORDERS) {
    it(`pages through events in their order, each once, though many are equal: ${order}`, async () => {
      const events = Array.from({ length: 24 }, (_, i) =>
        storeEvent({
          timestamp: START + (i % 5),
          latencyMs: i % 7 === 0 ? null : (i % 4) + 0.1,
          requestBodySize: i % 3 === 0 ? null : i % 4,
          responseBodySize: i % 6 === 0 ? null : (i % 2) * 2 ** 40,
        }),
      );
      await store().append(append({ events }));
      const paged: StoredEvent[] = [];
      for (;;) {
        const last = paged.at(-1);
        const after = last && { value: orderValue(last, order) ?? NaN, id: last.id };
        const page = await store().events({ order, limit: 5, after });
        if (page.length === 0) break;
        paged.push(...page);
      }
      const sign = order === 'oldest' ? 1 : -1;
      const expected = (await store().events({ limit: 100 }))
        .filter((event) => orderValue(event, order) !== null)
        .toSorted(
          (a, b) => sign * ((orderValue(a, order) ?? 0) - (orderValue(b, order) ?? 0) || a.id - b.id),
        );
      expect(paged.map(({ id }) => id)).to.deep.equal(expected.map(({ id }) => id));
    });
  }

  it('finds one event by its id, and by its trace and span', async () => {
    const spans = ['b7ad6b7169203331', 'b7ad6b7169203332'];
    await store().append(append({ events: spans.map((spanId) => storeEvent({ spanId })) }));
    const [one] = await store().events({ limit: 1, spanId: spans[0], traceId: storeEvent().traceId ?? '' });
    expect(one?.spanId).to.equal(spans[0]);
    expect(await store().events({ limit: 5, id: one?.id })).to.deep.equal([one]);
    expect(await store().events({ limit: 5, id: 1e15 })).to.deep.equal([]);
  });
}

function summaries(store: () => Store): void {
  it('is all zeros and nulls without events', async () => {
    const { requests, errors, clients, latency, buckets, endpoints } = await store().summary({});
    expect({ requests, errors, clients }).to.deep.equal({ requests: 0, errors: 0, clients: 0 });
    expect(latency).to.deep.equal({ p50: null, p95: null, p99: null });
    expect([...buckets, ...endpoints]).to.deep.equal([]);
  });

  it('counts an error by its outcome, and by a status of 500 or more where there is none', async () => {
    await store().append(
      append({
        events: [
          storeEvent({ outcome: 'error', statusCode: 200 }),
          storeEvent({ outcome: 'completed', statusCode: 500 }),
          storeEvent({ outcome: 'aborted', statusCode: 503 }),
          storeEvent({ outcome: null, statusCode: 500 }),
          storeEvent({ outcome: null, statusCode: 499 }),
          storeEvent({ outcome: null, statusCode: null }),
        ],
      }),
    );
    const { requests, errors, buckets, endpoints } = await store().summary({});
    expect({ requests, errors }).to.deep.equal({ requests: 6, errors: 2 });
    expect(buckets.map((bucket) => bucket.errors)).to.deep.equal([2]);
    expect(endpoints.map((endpoint) => endpoint.errors)).to.deep.equal([2]);
  });

  it('counts distinct addresses, without those that are not known', async () => {
    const other = HASH.replace('3', '4');
    const events = [HASH, HASH, other, null, null].map((sourceIp) => storeEvent({ sourceIp }));
    await store().append(append({ events }));
    expect((await store().summary({})).clients).to.equal(2);
  });

  it('interpolates percentiles and leaves out events without a latency', async () => {
    const latencies = [...Array.from({ length: 100 }, (_, i) => i + 1), null];
    await store().append(append({ events: latencies.map((latencyMs) => storeEvent({ latencyMs })) }));
    const { latency, endpoints } = await store().summary({});
    expect(latency.p50).to.be.closeTo(50.5, 1e-9);
    expect(latency.p95).to.be.closeTo(95.05, 1e-9);
    expect(latency.p99).to.be.closeTo(99.01, 1e-9);
    expect(endpoints[0]?.p95).to.be.closeTo(95.05, 1e-9);
  });

  it('cuts time into buckets that start at multiples of their width', async () => {
    const minute = 60_000;
    const events = [at(0), at(minute - 1), at(minute), at(5 * minute)];
    await store().append(append({ events }));
    const { buckets } = await store().summary({ bucketMillis: minute });
    expect(buckets).to.deep.equal([
      { start: START, requests: 2, errors: 0 },
      { start: START + minute, requests: 1, errors: 0 },
      { start: START + 5 * minute, requests: 1, errors: 0 },
    ]);
  });

  it('chooses a width that gives at most about sixty buckets', async () => {
    const hour = 3_600_000;
    await store().append(append({ events: [at(0), at(hour)] }));
    expect((await store().summary({})).bucketMillis).to.equal(60_000);
    expect((await store().summary({ since: START, until: START + 48 * hour })).bucketMillis).to.equal(hour);
  });

  it('groups endpoints by method and route, by path where there is none, the busiest first', async () => {
    const event = (method: string, endpoint: string, route: string | null): CerberusEvent =>
      storeEvent({ method, endpoint, route });
    await store().append(
      append({
        events: [
          event('GET', '/a/1', '/a/:id'),
          event('GET', '/a/2', '/a/:id'),
          event('POST', '/a/1', '/a/:id'),
          event('GET', '/x', null),
          event('GET', '/x', null),
          event('GET', '/x', null),
        ],
      }),
    );
    const { endpoints } = await store().summary({});
    expect(endpoints.map(({ method, endpoint, requests }) => [method, endpoint, requests])).to.deep.equal([
      ['GET', '/x', 3],
      ['GET', '/a/:id', 2],
      ['POST', '/a/:id', 1],
    ]);
  });

  it('filters by time and client', async () => {
    await store().append(append({ events: [at(1), at(2), at(3), { ...at(2), clientId: 'other' }] }));
    const query = { since: START + 2, until: START + 3 };
    expect((await store().summary(query)).requests).to.equal(2);
    expect((await store().summary({ ...query, clientId: 'other' })).requests).to.equal(1);
  });

  it('agrees with itself while events arrive', async () => {
    const stop = new AbortController();
    const writer = (async (): Promise<void> => {
      for (let seq = 1; !stop.signal.aborted; seq += 1) {
        await store().append(append({ seq, events: [at(seq), at(seq)] }));
      }
    })();
    for (let round = 0; round < 10; round += 1) {
      const { requests, buckets, endpoints } = await store().summary({});
      const sum = (parts: readonly { readonly requests: number }[]): number =>
        parts.reduce((total, part) => total + part.requests, 0);
      expect([sum(buckets), sum(endpoints)]).to.deep.equal([requests, requests]);
    }
    stop.abort();
    await within('the writer to stop', writer);
  });
}

function closing(store: () => Store): void {
  it('stores what was appended before it was closed, and refuses what comes later', async () => {
    const appended = store().append(append());
    const closed = store().close();
    expect((await appended).status).to.equal('stored');
    await closed;
    const refused = await store()
      .append(append({ seq: 2 }))
      .catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'STORE_CLOSED');
  });

  it('closes twice like once', async () => {
    await Promise.all([store().close(), store().close()]);
    await store().close();
  });

  it('knows what waits for its commit', async () => {
    const appended = Promise.all([
      store().append(append({ bytes: 30, events: [storeEvent(), storeEvent()] })),
      store().append(append({ seq: 2, bytes: 12 })),
    ]);
    expect(store().pending()).to.deep.equal({ appends: 2, events: 3, bytes: 42 });
    await appended;
    expect(store().pending()).to.deep.equal({ appends: 0, events: 0, bytes: 0 });
  });
}

function at(offset: number): CerberusEvent {
  return storeEvent({ timestamp: START + offset });
}
