import { expect } from 'chai';
import type { Attributes } from '@opentelemetry/api';
import { isRead, READ_NAMES } from '../../dist/esm/event/read-attributes.js';
import { translate } from '../../dist/esm/event/transform.js';
import { serverSpan } from '../support/spans.js';

const CONFIG = { endpointFrom: 'path', captureUserAgent: false, allowRawSourceIp: false } as const;

/** What leads the translators down each of their ways. */
const WAYS: readonly Attributes[] = [
  {},
  { 'http.method': 'GET' },
  { 'http.request.method': '_OTHER', 'cerberus.outcome': 'error' },
  { 'http.method': 'GET', 'http.status_code': 500 },
  { 'rpc.system': 'grpc', 'rpc.method': 'M' },
  { 'rpc.system': 'grpc', 'rpc.method': 'M', 'rpc.service': 'S', 'rpc.grpc.status_code': 2 },
];

/** The names that are asked for while a span with these attributes becomes an event. */
function namesAsked(given: Attributes): readonly string[] {
  const asked: string[] = [];
  const attributes = new Proxy(given, {
    get(target, name) {
      asked.push(String(name));
      return target[String(name)];
    },
  });
  translate({ ...serverSpan(), attributes }, CONFIG);
  return asked;
}

describe('attributes that are read', () => {
  const asked = new Set(WAYS.flatMap(namesAsked));

  it('are those that the translators ask for, and no other', () => {
    expect(asked.size).to.be.above(30);
    expect([...READ_NAMES].toSorted()).to.deep.equal([...asked].toSorted());
  });

  it('are all metrics beside, and nothing that could tell who asked, or for what', () => {
    expect(isRead('cerberus.metric.items')).to.equal(true);
    const others = [
      'client.address',
      'network.peer.address',
      'url.query',
      'url.full',
      'user_agent.original',
      'http.user_agent',
      'http.request.header.cookie',
      'enduser.id',
      'cerberus.metric',
    ];
    expect(others.filter(isRead)).to.deep.equal([]);
  });
});
