import { SpanKind } from '@opentelemetry/api';
import { expect } from 'chai';
import { MAX_OPEN_CHILDREN, RequestChildren } from '../../dist/esm/capture/request-children.js';
import { rollUp } from '../../dist/esm/enrich/custom-metrics.js';
import { span } from '../support/spans.js';

const KEY = 'cerberus.metric.n';

function metrics(children: RequestChildren): Record<string, unknown> {
  const attributes = {};
  rollUp(attributes, undefined, children.spans, children.settled);
  return attributes;
}

describe('RequestChildren', () => {
  it('refuses more than 1,000 open children, and counts them', () => {
    const children = new RequestChildren();
    for (let index = 0; index < MAX_OPEN_CHILDREN; index += 1) expect(children.add(span())).to.equal(true);
    expect([children.add(span()), children.add(span())]).to.deep.equal([false, false]);
    expect(children.refused).to.equal(2);
    children.ended();
    expect(children.add(span())).to.equal(true);
  });

  it('stays bounded over any number of children one after the other, and keeps their metrics', () => {
    const children = new RequestChildren();
    for (let index = 0; index < 20_000; index += 1) {
      const attributes = index === 5 ? { 'cerberus.metric.early': 5 } : { [KEY]: index };
      children.add(span({ attributes, ended: true, startTime: [index, 0] }));
      children.ended();
    }
    expect(children.spans.length).to.be.at.most(2 * MAX_OPEN_CHILDREN);
    expect(children.refused).to.equal(0);
    expect(metrics(children)).to.deep.equal({ [KEY]: 19_999, 'cerberus.metric.early': 5 });
  });

  it('keeps open children through the cleaning', () => {
    const children = new RequestChildren();
    const open = span({ attributes: {}, startTime: [0, 0] });
    children.add(open);
    for (let index = 0; index < 5000; index += 1) {
      children.add(span({ ended: true, startTime: [index, 0] }));
      children.ended();
    }
    open.attributes['cerberus.metric.late'] = 1;
    expect(metrics(children)).to.deep.equal({ 'cerberus.metric.late': 1 });
  });

  it('knows the route of the first nested SERVER span that has one, also after the cleaning', () => {
    const children = new RequestChildren();
    children.add(span({ attributes: { 'http.route': '/internal' }, ended: true }));
    children.add(span({ kind: SpanKind.SERVER, ended: true }));
    children.add(span({ kind: SpanKind.SERVER, attributes: { 'http.route': '/users/:id' }, ended: true }));
    children.add(span({ kind: SpanKind.SERVER, attributes: { 'http.route': '/*' }, ended: true }));
    expect(children.route).to.equal('/users/:id');
    for (let index = 0; index < 4; index += 1) children.ended();
    for (let index = 0; index < 5000; index += 1) {
      children.add(span({ ended: true }));
      children.ended();
    }
    expect(children.route).to.equal('/users/:id');
  });
});
