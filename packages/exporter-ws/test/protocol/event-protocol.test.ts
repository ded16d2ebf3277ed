import { expect } from 'chai';
import { eventMessages, isRefusal } from '../../dist/esm/protocol/event-protocol.js';
import { batchOf } from '../support/batches.js';

describe('event protocol', () => {
  it('puts the credentials in front of the members of the event', () => {
    const events = batchOf('{"source_ip":null,"endpoint":"/é"}', '{"source_ip":null,"endpoint":"/b"}');
    const messages = eventMessages(
      'sk-"1"',
      'my-app',
    )(events).map((message) => Buffer.concat(message).toString());
    const credentials = [
      ['api_key', 'sk-"1"'],
      ['client_id', 'my-app'],
      ['token', 'sk-"1"'],
      ['source_ip', null],
    ];
    expect(messages.map((message) => Object.entries(JSON.parse(message) as object))).to.deep.equal([
      [...credentials, ['endpoint', '/é']],
      [...credentials, ['endpoint', '/b']],
    ]);
  });

  it('puts what the application says of itself behind the members of each event', () => {
    const events = batchOf('{"source_ip":null,"endpoint":"/é"}', '{"source_ip":null,"endpoint":"/b"}');
    const said = { service_version: '1.2"', service_instance_id: 'i' };
    const texts = eventMessages('t', 'c', said)(events).map((message) => Buffer.concat(message).toString());
    expect(texts).to.deep.equal(
      ['/é', '/b'].map((endpoint) =>
        JSON.stringify({ api_key: 't', client_id: 'c', token: 't', source_ip: null, endpoint, ...said }),
      ),
    );
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
