import { expect } from 'chai';
import type { Attributes } from '@opentelemetry/api';
import { requestDetails } from '../../dist/esm/event/request-details.js';

const details = (attributes: Attributes, isError = true, isOld = false): Record<string, unknown> => ({
  ...requestDetails(attributes, isError, isOld),
});

describe('requestDetails', () => {
  it('reads the stable names, and what the processor has found where there is none', () => {
    expect(
      details({
        'error.type': 'TypeError',
        'cerberus.error_type': 'Other',
        'http.request.body.size': 3,
        'http.response.body.size': 4,
        'network.protocol.version': '2',
        'user_agent.synthetic.type': 'bot',
      }),
    ).to.deep.equal({
      errorType: 'TypeError',
      requestBodySize: 3,
      responseBodySize: 4,
      protocolVersion: '2',
      syntheticType: 'bot',
    });
    expect(
      details({
        'cerberus.error_type': 'ECONNREFUSED',
        'cerberus.request_body_size': 0,
        'cerberus.response_body_size': 5_000_000_000,
        'cerberus.synthetic_type': 'test',
      }),
    ).to.deep.equal({
      errorType: 'ECONNREFUSED',
      requestBodySize: 0,
      responseBodySize: 5_000_000_000,
      protocolVersion: undefined,
      syntheticType: 'test',
    });
  });

  it('reads the old names on spans that have them', () => {
    const old = {
      'http.error_name': 'RangeError',
      'http.request_content_length': 3,
      'http.response_content_length': 4,
      'http.flavor': '1.0',
    };
    expect(details(old, true, true)).to.include({
      errorType: 'RangeError',
      requestBodySize: 3,
      responseBodySize: 4,
      protocolVersion: '1.0',
    });
  });

  it('names no error of a request that did not fail', () => {
    expect(details({ 'error.type': '404' }, false)['errorType']).to.equal(undefined);
  });

  for (const value of [
    'no such user: jane@example.com',
    'jane@example.com',
    '203.0.113.9',
    'ECONNREFUSED_203.0.113.9',
    'ip-203-0-113-9.example',
    'x'.repeat(129),
    '',
    7,
  ])
    it(`takes ${JSON.stringify(value).slice(0, 40)} for no class of an error`, () => {
      expect(details({ 'error.type': value })['errorType']).to.equal(undefined);
    });

  for (const value of [
    '500',
    'TypeError',
    'java.net.UnknownHostException',
    '_OTHER',
    'ERR_HTTP_HEADERS_SENT',
    '$Error',
    'v1.2.Error-3',
  ])
    it(`takes ${value} for one`, () => {
      expect(details({ 'error.type': value })['errorType']).to.equal(value);
    });

  it('prefers the class that was recorded to a status, which the event has anyway', () => {
    const errorType = (named: string, recorded: string): unknown =>
      details({ 'error.type': named, 'cerberus.error_type': recorded })['errorType'];
    expect(errorType('500', 'TypeError')).to.equal('TypeError');
    expect(errorType('RangeError', 'TypeError')).to.equal('RangeError');
    expect(errorType('500', 'no such user: jane@example.com')).to.equal('500');
    expect(errorType('13', 'TypeError')).to.equal('TypeError');
  });

  it('leaves out the version that nearly every request has', () => {
    expect(details({ 'network.protocol.version': '1.1' })['protocolVersion']).to.equal(undefined);
  });

  it('takes no size that is none, no version of something else, and no third kind of user agent', () => {
    for (const size of [-1, 1.5, Number.NaN, '12 kB', '-1', 2 ** 53]) {
      expect(details({ 'http.request.body.size': size })['requestBodySize']).to.equal(undefined);
    }
    expect(details({ 'network.protocol.version': 'HTTP/1.1; jane' })['protocolVersion']).to.equal(undefined);
    expect(details({ 'user_agent.synthetic.type': 'human' })['syntheticType']).to.equal(undefined);
  });
});
