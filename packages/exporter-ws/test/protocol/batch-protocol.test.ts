import { expect } from 'chai';
import fc from 'fast-check';
import {
  envelopeBytes,
  eventsMessage,
  helloMessage,
  parseServerMessage,
} from '../../dist/esm/protocol/batch-protocol.js';
import { batchOf } from '../support/batches.js';

describe('batch protocol', () => {
  it('says hello as the protocol writes it', () => {
    expect(helloMessage('my-app', 'uuid', 'agent/1')).to.equal(
      '{"type":"hello","client_id":"my-app","producer":"uuid","agent":"agent/1"}',
    );
  });

  it('says what the application is behind what every server knows', () => {
    const said = { service_version: '1.2', deployment_environment: 'é' };
    expect(helloMessage('my-app', 'uuid', 'agent/1', said)).to.equal(
      '{"type":"hello","client_id":"my-app","producer":"uuid","agent":"agent/1","service_version":"1.2","deployment_environment":"é"}',
    );
  });

  it('builds a frame from any number of events, within the envelope it announces', () => {
    for (const count of [0, 1, 2, 600, 6000]) {
      const events = Array.from({ length: count }, (_, index) => `{"i":${index},"t":"é"}`);
      const batch = batchOf(...events);
      const message = Buffer.concat(eventsMessage(42, batch));
      expect(JSON.parse(message.toString())).to.deep.equal({
        type: 'events',
        seq: 42,
        events: Array.from({ length: count }, (_, index) => ({ i: index, t: 'é' })),
      });
      expect(message.length - batch.bytes).to.be.at.most(envelopeBytes(count));
    }
  });

  it('reads the messages of the server', () => {
    expect(
      parseServerMessage('{"type":"welcome","last_seq":41,"max_in_flight":8,"max_frame_bytes":1048576}'),
    ).to.deep.equal({
      type: 'welcome',
      lastSeq: 41,
      maxInFlight: 8,
      maxFrameBytes: 1_048_576,
    });
    expect(parseServerMessage('{"type":"ack","seq":42}')).to.deep.equal({ type: 'ack', seq: 42 });
    expect(parseServerMessage('{"type":"nack","seq":42,"code":"invalid","rejected":[3]}')).to.deep.equal({
      type: 'invalid',
      seq: 42,
      rejected: [3],
    });
    expect(
      parseServerMessage('{"type":"nack","seq":42,"code":"throttle","retry_after_millis":2000}'),
    ).to.deep.equal({
      type: 'throttle',
      seq: 42,
      retryAfterMillis: 2_000,
    });
    expect(parseServerMessage('{"type":"later","x":1}')).to.deep.equal({ type: 'other' });
  });

  it('takes no limits from a welcome that are none, by which nothing could ever be sent', () => {
    for (const limit of [0, -1, 1.5, '8', null, [], {}, true]) {
      const text = JSON.stringify({
        type: 'welcome',
        last_seq: 0,
        max_in_flight: limit,
        max_frame_bytes: limit,
      });
      expect(parseServerMessage(text), text).to.deep.equal({
        type: 'welcome',
        lastSeq: 0,
        maxInFlight: undefined,
        maxFrameBytes: undefined,
      });
    }
  });

  it('keeps a throttle between a tenth of a second and five minutes', () => {
    const throttle = (millis: unknown): unknown =>
      parseServerMessage(
        JSON.stringify({ type: 'nack', seq: 1, code: 'throttle', retry_after_millis: millis }),
      );
    expect(throttle(1e12)).to.include({ retryAfterMillis: 300_000 });
    expect(throttle(0)).to.include({ retryAfterMillis: 100 });
    expect(throttle(-5)).to.include({ retryAfterMillis: 100 });
    expect(throttle('x')).to.include({ retryAfterMillis: 1_000 });
  });

  it('takes a refusal for a reason that it does not know for a throttle', () => {
    expect(
      parseServerMessage('{"type":"nack","seq":3,"code":"quota","retry_after_millis":2000}'),
    ).to.deep.equal({
      type: 'throttle',
      seq: 3,
      retryAfterMillis: 2_000,
    });
    expect(parseServerMessage('{"type":"nack","seq":3,"code":"later"}')).to.include({
      retryAfterMillis: 1_000,
    });
    expect(parseServerMessage('{"type":"nack","seq":3,"code":7}')).to.equal(undefined);
  });

  it('takes nothing that is not in the protocol', () => {
    for (const text of [
      '',
      'null',
      '[[[',
      '7',
      '"ack"',
      '[]',
      '{}',
      '{"type":7}',
      '{"type":"ack"}',
      '{"type":"ack","seq":"1"}',
      '{"type":"ack","seq":0}',
      '{"type":"ack","seq":1.5}',
      '{"type":"ack","seq":9007199254740993}',
      '{"type":"ack","seq":-1}',
      '{"type":"welcome"}',
      '{"type":"welcome","last_seq":-1}',
      '{"type":"nack","seq":1}',
      '{"type":"nack","code":"throttle","retry_after_millis":2000}',
      '{"type":"nack","seq":"1","code":"invalid","rejected":[0]}',
      '{"type":"nack","seq":1,"code":"invalid"}',
      '{"type":"nack","seq":1,"code":"invalid","rejected":["a"]}',
      '{"type":"nack","seq":1,"code":"invalid","rejected":[-1]}',
    ]) {
      expect(parseServerMessage(text), text).to.equal(undefined);
    }
  });

  it('never throws, for any text and any JSON', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseServerMessage(text)));
    const polluted = parseServerMessage('{"type":"ack","seq":1,"__proto__":{"x":1}}');
    expect(polluted).to.deep.equal({ type: 'ack', seq: 1 });
  });
});
