// A store whose database takes nothing any more is opened anew; the real reason for it is in fault/full-disk.test.ts.

import { expect } from 'chai';

import type { CerberusServerError } from '../../dist/errors.js';
import { LastingStore } from '../../dist/store/lasting-store.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import { ControlledStore } from '../support/servers/controlled-store.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append, lastSeqOf } from '../support/events/events.js';

const INVALIDATED = 'IO Error: Database "x" has been invalidated because checkpointing failed.';

describe('a store that lasts', () => {
  /** Outlives the stores that are opened on it, as a file does. */
  let database: MemoryStore;
  let opened: ControlledStore[];
  let lines: string[];
  let lost: CerberusServerError[];
  let canBeOpened: boolean;
  let store: LastingStore<ControlledStore>;

  class Opened extends ControlledStore {
    override close = (): Promise<void> => Promise.resolve();
  }

  const fail = (): never => {
    throw new Error(INVALIDATED);
  };

  beforeEach(async () => {
    database = new MemoryStore();
    [opened, lines, lost, canBeOpened] = [[], [], [], true];
    store = await LastingStore.open({
      open: () => {
        if (!canBeOpened) return Promise.reject(new Error('IO Error: No space left on device'));
        opened.push(new Opened(database));
        return Promise.resolve(opened.at(-1) as ControlledStore);
      },
      log: (level, line) => lines.push(`${level} ${line}`),
      onLost: (error) => lost.push(error),
      lostAfterMillis: 300,
    });
    afterTest(() => store.close());
  });

  const append1 = (seq: number): Promise<unknown> => store.append(append({ seq })).catch(() => 'refused');

  it('is opened again when an append finds that it is invalid, and stores what comes again once', async () => {
    expect(await append1(1)).to.have.property('status', 'stored');
    (opened[0] as ControlledStore).fault = fail;
    expect(await append1(2)).to.equal('refused');
    await until('it is open', async () => (await append1(2)) !== 'refused');
    expect(opened).to.have.length(2);
    expect(await append1(2)).to.have.property('status', 'duplicate');
    expect(await lastSeqOf(store, 'producer-1')).to.equal(2);
    expect(lines).to.deep.equal([
      `error the database takes nothing any more and is opened again: ${INVALIDATED}`,
      'info the database was opened again',
    ]);
  });

  it('says why also where an append says it, whose messages may quote what was to be stored', async () => {
    expect(await append1(1)).to.have.property('status', 'stored');
    (opened[0] as ControlledStore).fault = () => {
      throw new Error(
        `Failed to append: ${INVALIDATED.slice('IO Error: '.length)} Original error: Could not write file "/x": No space left on device`,
      );
    };
    expect(await append1(2)).to.equal('refused');
    expect(lines[0]).to.equal(
      'error the database takes nothing any more and is opened again: the database has been invalidated because checkpointing failed: No space left on device',
    );
  });

  it('is opened again when a read finds it', async () => {
    (opened[0] as ControlledStore).summary = () => Promise.reject(new Error(INVALIDATED));
    await store.summary({}).catch(() => undefined);
    await until('it is open', () => opened.length === 2);
    await until('it answers', async () => (await store.summary({}).catch(() => undefined)) !== undefined);
  });

  it('is not opened again because of any other failure', async () => {
    (opened[0] as ControlledStore).fault = () => 'fail';
    expect(await append1(1)).to.equal('refused');
    (opened[0] as ControlledStore).fault = () => 'none';
    expect(await append1(1)).to.have.property('status', 'stored');
    expect([opened.length, lines]).to.deep.equal([1, []]);
  });

  it('tells commits to those who asked before it was opened again', async () => {
    let events = 0;
    store.onCommit((committed) => (events += committed.length));
    await append1(1);
    (opened[0] as ControlledStore).fault = fail;
    await append1(2);
    await until('it is open', async () => (await append1(2)) !== 'refused');
    expect(events).to.equal(2);
  });

  it('refuses everything while it cannot be opened, says so once after a time, and goes on trying', async () => {
    (opened[0] as ControlledStore).fault = fail;
    canBeOpened = false;
    await append1(1);
    expect(await lastSeqOf(store, 'p').catch((error: CerberusServerError) => error.code)).to.equal(
      'STORE_UNAVAILABLE',
    );
    expect(store.pending()).to.deep.equal({ appends: 0, events: 0, bytes: 0 });
    await until('it is told', () => lost.length > 0);
    expect(lost[0]?.message).to.equal('cannot open the database again: IO Error: No space left on device');
    canBeOpened = true;
    await until('it is open', () => opened.length === 2, 12_000);
    expect(lost).to.have.length(1);
  }).timeout(20_000);

  it('can be closed while it cannot be opened', async () => {
    (opened[0] as ControlledStore).fault = fail;
    canBeOpened = false;
    await append1(1);
    await store.close();
  });
});
