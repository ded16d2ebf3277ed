import { inspect } from 'node:util';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { expect } from 'chai';
import { REQUEST, RequestRecord, type RequestSpan } from '../../dist/esm/capture/request-record.js';
import type { SdkSpan } from '../../dist/esm/sdk/sdk-types.js';
import { serverSpan, span } from '../support/spans.js';

describe('RequestRecord', () => {
  const owner = {};

  it('hangs under a registered symbol, which every copy of the package knows', () => {
    expect(REQUEST).to.equal(Symbol.for('@cerberus-otel/request.v1'));
  });

  it('refuses names and values that cannot be metrics', () => {
    const record = new RequestRecord(serverSpan(), owner, undefined);
    expect(record.setMetric('', 1)).to.equal(false);
    expect(record.setMetric('n', Number.NaN)).to.equal(false);
    expect(record.setMetric('n', { a: 1 })).to.equal(false);
    expect(record.setMetric(7 as never, 1)).to.equal(false);
    expect(record.setUserId('')).to.equal(false);
  });

  it('stays on its span until the last who joined has left', () => {
    const root: SdkSpan & RequestSpan = serverSpan();
    const record = new RequestRecord(root, owner, undefined);
    root[REQUEST] = record;
    record.join();
    record.join();
    record.leave();
    expect(root[REQUEST]).to.equal(record);
    record.leave();
    expect(root[REQUEST]).to.equal(undefined);
  });

  it('keeps what a list held when it was set', () => {
    const root = serverSpan();
    const record = new RequestRecord(root, owner, undefined);
    const list = [1];
    record.setMetric('list', list);
    list.push(2);
    record.close();
    expect(root.attributes['cerberus.metric.list']).to.deep.equal([1]);
  });

  it('holds no more than 1,000 names, and lets known ones change', () => {
    const record = new RequestRecord(serverSpan(), owner, undefined);
    for (let index = 0; index < 1000; index += 1) expect(record.setMetric(`m${index}`, index)).to.equal(true);
    expect(record.setMetric('one-more', 1)).to.equal(false);
    expect(record.setMetric('m0', 'new')).to.equal(true);
  });

  it('says that it has taken a user and a consumer', () => {
    const record = new RequestRecord(serverSpan(), owner, undefined);
    expect([record.setUserId('u'), record.setConsumer('acme', {})]).to.deep.equal([true, true]);
    expect(record.sender).to.deep.include({ userId: 'u' }).and.have.nested.property('consumer.id', 'acme');
  });

  it('calls back once those who wait for a route, and lets nobody wait for what nobody will say', () => {
    const root = serverSpan();
    const record = new RequestRecord(root, owner, undefined);
    const nested = { ...span({ kind: SpanKind.SERVER, attributes: {} }), ended: false };
    record.addChild(nested, ROOT_CONTEXT);
    record.close();
    let calls = 0;
    expect(record.awaitRoute(() => (calls += 1))).to.equal(true);
    nested.attributes['http.route'] = '/late';
    nested.ended = true;
    record.childEnded();
    expect([calls, root.attributes['http.route']]).to.deep.equal([1, '/late']);
    expect(record.awaitRoute(() => (calls += 1))).to.equal(false);
    nested.attributes['http.route'] = '/after-the-event-was-sent';
    record.childEnded();
    expect([calls, root.attributes['http.route']]).to.deep.equal([1, '/late']);
  });

  it('takes nothing after it was closed, and closes once', () => {
    const root = serverSpan();
    const record = new RequestRecord(root, owner, undefined);
    record.close();
    expect(record.setMetric('n', 1)).to.equal(false);
    expect(record.setUserId('u')).to.equal(false);
    expect(record.addChild(span(), ROOT_CONTEXT)).to.equal(false);
    record.childEnded();
    expect(record.close()).to.equal(0);
    expect(root.attributes).to.not.have.property('cerberus.metric.n');
  });

  it('lends the route of a nested SERVER span, and does not replace one', () => {
    const route = (attributes: Record<string, string>): unknown => {
      const root = serverSpan(attributes);
      const record = new RequestRecord(root, owner, undefined);
      record.addChild(span({ kind: SpanKind.SERVER, attributes: { 'http.route': '/nested' } }), ROOT_CONTEXT);
      record.close();
      return root.attributes['http.route'];
    };
    expect(route({})).to.equal('/nested');
    expect(route({ 'http.route': '/own' })).to.equal('/own');
  });

  it('takes the peer from the span where the request is not known, also when it is named late', () => {
    const root = serverSpan();
    expect(new RequestRecord(root, owner, undefined).origin.peer).to.equal('203.0.113.77');
    const old = span({ attributes: { 'http.method': 'GET' } });
    const record = new RequestRecord(old, owner, undefined);
    old.attributes['net.peer.ip'] = '203.0.113.78';
    record.close();
    expect(record.origin.peer).to.equal('203.0.113.78');
    expect(record.origin.unixSocket).to.equal(false);
  });

  it('remembers the peer it copied at the start', () => {
    const root = serverSpan();
    const record = new RequestRecord(root, owner, undefined);
    delete root.attributes['network.peer.address'];
    record.close();
    expect(record.origin.peer).to.equal('203.0.113.77');
  });

  it('shows neither an address nor a user to whoever prints it', () => {
    const record = new RequestRecord(serverSpan({}, {}), owner, undefined);
    record.setUserId('canary-user');
    expect(inspect(record, { depth: 9, showHidden: true }) + JSON.stringify(record)).to.not.match(
      /203\.0|canary/,
    );
  });
});
