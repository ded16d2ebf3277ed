import { expect } from 'chai';

import { LiveFeed, type LiveSink } from '../../dist/api/live-feed.js';
import type { StoredEvent } from '../../dist/event/event.js';
import type { Store } from '../../dist/store/store.js';
import { storeEvent } from '../support/events/events.js';

/** Keeps what it gets; `unread` is what it pretends not to have taken. */
class Sink implements LiveSink {
  readonly texts: string[] = [];
  unread = 0;
  readonly write = (text: string): void => void this.texts.push(text);
  isAllowed = true;
  hasEnded = false;
  readonly unreadBytes = (): number => this.unread;
  readonly mayWatch = (): boolean => this.isAllowed;
  readonly end = (): void => void (this.hasEnded = true);
}

function stored(count: number, clientId = 'shop'): StoredEvent[] {
  return Array.from({ length: count }, (_, id) => ({ ...storeEvent({ clientId }), id, receivedAt: 0 }));
}

describe('the live feed', () => {
  let feed: LiveFeed;
  let sink: Sink;
  let watchers: Set<Parameters<Store['watch']>[0]>;

  function publish(events: readonly StoredEvent[], leftOut = 0): void {
    for (const watcher of watchers) watcher(events, leftOut);
  }

  beforeEach(() => {
    watchers = new Set();
    feed = new LiveFeed((watcher) => {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    }, 15_000);
    sink = new Sink();
  });

  it('gives each event to everybody who watches, until he stops', () => {
    const other = new Sink();
    const stop = feed.listen(sink, {});
    feed.listen(other, {});
    publish(stored(2));
    stop();
    publish(stored(1));
    expect([sink.texts.length, other.texts.length, feed.size]).to.deep.equal([2, 3, 1]);
    expect(sink.texts[0]).to.match(/^event: request\ndata: \{"id":0,"client_id":"shop",.*\}\n\n$/);
  });

  it('gives nothing more to who may not watch any longer, and ends it, also where nothing happens', () => {
    const other = new Sink();
    const silent = new Sink();
    for (const each of [sink, other, silent]) feed.listen(each, {});
    sink.isAllowed = false;
    publish(stored(1));
    expect([sink.texts.length, sink.hasEnded, other.texts.length]).to.deep.equal([0, true, 1]);
    silent.isAllowed = false;
    feed.heartbeat();
    expect([silent.hasEnded, other.hasEnded, feed.size]).to.deep.equal([true, false, 1]);
  });

  it('gives only the events of one application where that is asked for', () => {
    feed.listen(sink, { clientId: 'shop' });
    publish([...stored(1, 'shop'), ...stored(1, 'other')]);
    expect(sink.texts).to.have.length(1);
  });

  it('gives at most 500 events in a second, and tells how many there were beside them', () => {
    feed.listen(sink, {});
    publish(stored(700));
    expect(sink.texts).to.have.length(500);
    feed.tick();
    expect(sink.texts.at(-1)).to.equal('event: dropped\ndata: {"count":200}\n\n');
    publish(stored(3));
    feed.tick();
    expect(sink.texts, 'nothing was dropped since').to.have.length(504);
  });

  it('tells how many the store left out', () => {
    feed.listen(sink, {});
    publish(stored(1), 99);
    feed.tick();
    expect(sink.texts.at(-1)).to.equal('event: dropped\ndata: {"count":99}\n\n');
  });

  it('asks the store for new events only while somebody watches', () => {
    expect(watchers.size).to.equal(0);
    const stops = [feed.listen(sink, {}), feed.listen(new Sink(), {})];
    expect(watchers.size).to.equal(1);
    for (const stop of [...stops, ...stops]) stop();
    expect(watchers.size).to.equal(0);
    feed.listen(sink, {});
    expect(watchers.size).to.equal(1);
  });

  it('gives nothing to one who does not read, and tells him how much when he reads again', () => {
    const quick = new Sink();
    feed.listen(sink, {});
    feed.listen(quick, {});
    sink.unread = 262_145;
    publish(stored(4));
    feed.tick();
    feed.heartbeat();
    expect([sink.texts.length, quick.texts.length]).to.deep.equal([0, 5]);
    sink.unread = 0;
    feed.tick();
    expect(sink.texts).to.deep.equal(['event: dropped\ndata: {"count":4}\n\n']);
  });

  it('writes each event once, however many watch, and not at all if nobody does', () => {
    let reads = 0;
    const counted = stored(1).map((each) => ({
      ...each,
      get customData(): string {
        reads += 1;
        return '{}';
      },
    }));
    publish(counted);
    expect(reads).to.equal(0);
    for (let index = 0; index < 3; index += 1) feed.listen(new Sink(), {});
    publish(counted);
    expect(reads).to.equal(1);
  });
});
