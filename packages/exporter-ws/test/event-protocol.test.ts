import { expect } from 'chai';
import { eventMessages, isRefusal } from '../dist/esm/event-protocol.js';

describe('event protocol', () => {
  it('puts the credentials in front of the members of the event', () => {
    const message = eventMessages('sk-"1"', 'my-app')(Buffer.from('{"source_ip":null,"endpoint":"/é"}'));
    expect(Object.entries(JSON.parse(message.toString()) as object)).to.deep.equal([
      ['api_key', 'sk-"1"'],
      ['client_id', 'my-app'],
      ['token', 'sk-"1"'],
      ['source_ip', null],
      ['endpoint', '/é'],
    ]);
  });

  it('takes any answer for an acknowledgement unless it says error', () => {
    for (const answer of [
      '{"status":"ok"}',
      '',
      'ok',
      'null',
      '[]',
      '{}',
      'not json: error',
      '["error"]',
      '"error"',
      '{"status":"ok","error":null}',
      '{"error":false}',
      '{"message":"error"}',
    ]) {
      expect(isRefusal(answer), answer).to.equal(false);
    }
    for (const answer of [
      '{"error":"no"}',
      '{"status":"error"}',
      '{"error":{}}',
      '{"status":"ok","error":"yes"}',
      '{"error":""}',
    ]) {
      expect(isRefusal(answer), answer).to.equal(true);
    }
  });
});
