import { expect } from 'chai';
import { resolveConfig } from '../../dist/esm/config/config.js';
import { Serializer } from '../../dist/esm/json/serializer.js';
import { Tally } from '../../dist/esm/observe/stats.js';
import { Intake } from '../../dist/esm/queue/intake.js';
import { SendingQueue } from '../../dist/esm/queue/sending-queue.js';
import { numberedSpans } from '../support/spans.js';

describe('intake', () => {
  it('does not say that there is room again for each event that finds some on a full disk', () => {
    const said: string[] = [];
    const config = resolveConfig({ wsUrl: 'ws://127.0.0.1:9/', token: 't', clientId: 'c' }, {});
    const serializer = new Serializer(config);
    const disk = { holds: true, hasRoom: true, add: (): boolean => disk.hasRoom };
    const intake = new Intake({
      config,
      queue: new SendingQueue({ maxEvents: 100, maxBytes: 100_000 }, serializer.write),
      overflow: disk,
      losses: serializer.losses,
      tally: new Tally(),
      reporter: {
        info: () => undefined,
        warn: () => void said.push('room'),
        debugging: false,
        debug: () => undefined,
        condition: (code) => void (code === 'CERBERUS_QUEUE_FULL' && said.push('full')),
      },
    });
    const admit = (): string[] => numberedSpans(1).map((span) => intake.admit(span));
    for (let round = 0; round < 5; round += 1) {
      disk.hasRoom = false;
      expect(admit()).to.deep.equal(['queue_full']);
      disk.hasRoom = true;
      expect(admit()).to.deep.equal(['accepted']);
    }
    expect(said).to.deep.equal(['full']);
    disk.holds = false;
    expect(admit()).to.deep.equal(['accepted']);
    expect(said).to.deep.equal(['full', 'room']);
  });
});
