import { expect } from 'chai';
import { createContextKey, INVALID_SPAN_CONTEXT, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { getRPCMetadata, RPCType, setRPCMetadata } from '@opentelemetry/core';
import { RequestContext } from '../../dist/esm/http-server/request-context.js';

const KEY = createContextKey('key');

describe('the context of a request', () => {
  const span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
  const metadata = { type: RPCType.HTTP, span };
  const parent = ROOT_CONTEXT.setValue(KEY, 'from the headers');
  const ours = new RequestContext(parent, metadata);
  const standard = setRPCMetadata(trace.setSpan(parent, span), metadata);

  for (const [name, of] of [
    ['as it is', ours],
    ['with another value', ours.setValue(createContextKey('other'), 1)],
    ['without a value', ours.deleteValue(createContextKey('other'))],
  ] as const) {
    it(`gives the span, the metadata and what was extracted, ${name}`, () => {
      expect(trace.getSpan(of)).to.equal(trace.getSpan(standard)).and.to.equal(span);
      expect(getRPCMetadata(of)).to.equal(metadata);
      expect(of.getValue(KEY)).to.equal('from the headers');
    });
  }

  it('is not changed by what is set or deleted on it', () => {
    expect(ours.setValue(KEY, 'new').getValue(KEY)).to.equal('new');
    expect(trace.getSpan(trace.deleteSpan(ours))).to.equal(undefined);
    expect(ours.deleteValue(KEY).getValue(KEY)).to.equal(undefined);
    expect([ours.getValue(KEY), trace.getSpan(ours)]).to.deep.equal(['from the headers', span]);
  });
});
