// What is no message of the protocol ends its connection, and no other.
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';

import { wireEvent } from '../../support/events/events.js';
import { eventOf, useBatchMode } from '../../support/senders/batch-mode.js';

describe('batch mode', () => {
  const batch = useBatchMode();

  describe('malformed messages', () => {
    beforeEach(() => batch.start({ maxFrameBytes: 65_536 }));

    const malformed: Record<string, unknown> = {
      'text that is not JSON': '[[[',
      null: 'null',
      'an array': '[]',
      'an object without a type': '{"seq":1}',
      'a type that is no text': '{"type":1}',
      'events without seq': { type: 'events', events: [] },
      'seq 0': { type: 'events', seq: 0, events: [] },
      'seq 1.5': { type: 'events', seq: 1.5, events: [] },
      'seq beyond 2^53': '{"type":"events","seq":9007199254740993,"events":[]}',
      'seq as text': { type: 'events', seq: '1', events: [] },
      'events that are no array': { type: 'events', seq: 1, events: {} },
      'a binary message that is not gzip': Buffer.from('{"type":"events","seq":1,"events":[]}'),
      'gzip of invalid UTF-8': gzipSync(Buffer.from([0x22, 0xff, 0xfe, 0x22])),
    };
    for (const [name, message] of Object.entries(malformed)) {
      it(`close the connection with 4400: ${name}`, async () => {
        const client = await batch.connect();
        const other = await batch.connect('producer-2');
        client.send(message);
        expect((await client.ended()).code).to.equal(4400);
        other.frame(1, eventOf('/other'));
        expect(await other.next()).to.deep.equal({ type: 'ack', seq: 1 });
      });
    }

    it('are ignored when only their type is unknown', async () => {
      const client = await batch.raw();
      client.send({ type: 'future', seq: 1 });
      client.hello('producer-1');
      expect(await client.next()).to.include({ type: 'welcome' });
      client.send({ type: 'future' });
      client.send({ type: 'events', seq: 1, events: [eventOf('/a')], future: true });
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
    });

    it('do not pollute any prototype', async () => {
      const client = await batch.connect();
      client.send(`{"type":"events","seq":1,"events":[{"endpoint":"/a","method":"GET",
        "__proto__":{"polluted":1},"custom_data":{"__proto__":{"polluted":1},"constructor":2}}]}`);
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
      expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
      const [found] = await batch.store.events({ limit: 1 });
      expect(found?.customData).to.equal('{"__proto__":{"polluted":1},"constructor":2}');
    });

    it('close the connection with 1009 when they are over the limit', async () => {
      const client = await batch.connect();
      client.frame(1, wireEvent({ user_agent: 'x'.repeat(66_000) }));
      expect((await client.ended()).code).to.equal(1009);
      expect(batch.running.stats().refusals).to.deep.equal({ too_large: 1 });
      expect(await batch.stored()).to.deep.equal([]);
    });
  });
});
