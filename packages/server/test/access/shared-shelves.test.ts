import { expect } from 'chai';

import { until } from '@cerberus-otel/test-support/deadline';

import { SharedShelves } from '../../dist/access/shared-shelves.js';
import { TokenBook } from '../../dist/access/token-book.js';
import type { RecordChange, SharedRecord, SharedRecords } from '../../dist/store/shared-records.js';

/** Records that several servers share, in memory. */
class Records implements SharedRecords {
  readonly #kept = new Map<string, SharedRecord>();
  #changes = 0;
  /** Fails from now on, as a database does that is away. */
  isAway = false;
  asked = 0;
  /** What has been read arrives after this. */
  onTheWay: Promise<void> = Promise.resolve();

  async all(): Promise<readonly SharedRecord[]> {
    const found = [...this.#kept.values()];
    await this.onTheWay;
    return found;
  }

  async change(changes: readonly RecordChange[]): Promise<void> {
    if (this.isAway) throw new Error('away');
    for (const { change, ...record } of changes) {
      const key = `${record.kind} ${record.id}`;
      this.#changes += 1;
      if (change === 'remove') this.#kept.delete(key);
      else if (change === 'add' || this.#kept.has(key)) this.#kept.set(key, record as SharedRecord);
    }
  }

  mark(): Promise<string> {
    this.asked += 1;
    return this.isAway ? Promise.reject(new Error('away')) : Promise.resolve(String(this.#changes));
  }
}

interface Server {
  readonly shelves: SharedShelves;
  readonly tokens: TokenBook;
  now: number;
}

describe('shelves that several servers share', () => {
  let records: Records;
  let servers: Server[];
  let lines: string[];

  async function open(): Promise<Server> {
    const log = (level: string, line: string): void => void lines.push(`${level} ${line}`);
    const shelves = await SharedShelves.open(records, log);
    const server: Server = { shelves, now: 1000, tokens: undefined as unknown as TokenBook };
    const tokens = new TokenBook('own', {
      path: undefined,
      shelf: shelves.shelf('tokens'),
      log,
      now: () => server.now,
    });
    shelves.follow('tokens', () => tokens.reload());
    servers.push(Object.assign(server, { tokens }));
    return server;
  }

  beforeEach(() => {
    records = new Records();
    servers = [];
    lines = [];
  });

  afterEach(async () => {
    await Promise.all(servers.map(({ shelves }) => shelves.close()));
  });

  function create({ tokens }: Server, name: string): { readonly token: string; readonly id: string } {
    const created = tokens.create({ name, purpose: 'read', application: undefined });
    if (created === 'too_many') throw new Error('too many');
    return { token: created.token, id: created.info.id };
  }

  it('keep what is changed while news of another server are on their way: a token that is made, and one that is revoked', async () => {
    const [one, other] = [await open(), await open()];
    const leaving = create(one, 'leaving');
    await one.shelves.settled();
    create(other, 'of another server');
    await other.shelves.settled();
    let arrive: () => void = () => undefined;
    records.onTheWay = new Promise((resolve) => (arrive = resolve));
    const { asked } = records;
    const refreshed = one.shelves.refresh();
    await until('what there was has been read', () => records.asked === asked + 2);
    const coming = create(one, 'coming');
    one.tokens.revoke(leaving.id);
    arrive();
    await refreshed;
    expect(one.tokens.find(coming.token)).to.not.equal(undefined);
    expect(one.tokens.find(leaving.token)).to.equal(undefined);
    expect(one.tokens.list().map(({ name }) => name)).to.include('of another server');
  });

  it('know what another server has made, also where they looked a moment before, or look just then', async () => {
    const [one, other] = [await open(), await open()];
    await other.shelves.refresh();
    const { token } = create(one, 'a');
    await one.shelves.settled();
    const looking = other.shelves.refresh();
    const later = create(one, 'b');
    await one.shelves.settled();
    await other.shelves.refresh();
    expect(other.tokens.find(token)).to.not.equal(undefined);
    expect(other.tokens.find(later.token)).to.not.equal(undefined);
    await looking;
  });

  it('do not bring back what another server has removed', async () => {
    const [one, other] = [await open(), await open()];
    const { token, id } = create(one, 'a');
    await one.shelves.settled();
    await other.shelves.refresh();
    expect(other.tokens.find(token)).to.not.equal(undefined);
    one.tokens.revoke(id);
    await one.shelves.settled();
    // The use of the token was noted after it was revoked elsewhere.
    other.tokens.close();
    await other.shelves.settled();
    expect(await records.all()).to.deep.equal([]);
  });

  it('keep the latest use of a token, whichever server saw it', async () => {
    const [one, other] = [await open(), await open()];
    const { token } = create(one, 'a');
    create(one, 'b');
    await one.shelves.settled();
    await other.shelves.refresh();
    one.now = 5000;
    one.tokens.find(token);
    one.tokens.close();
    await one.shelves.settled();
    await new Promise((resolve) => void setTimeout(resolve, 250));
    await other.shelves.refresh();
    const b = other.tokens.list().find(({ name }) => name === 'b');
    expect(b?.lastUsedAt).to.equal(undefined);
    other.now = 6000;
    other.tokens.create({ name: 'c', purpose: 'read', application: undefined });
    await other.shelves.settled();
    const lastUse = (await records.all()).map(
      ({ content }) => (JSON.parse(content) as { last_used_at: unknown }).last_used_at,
    );
    expect(lastUse).to.have.members([new Date(5000).toISOString(), null, null]);
  });

  it('say that a change was not kept, and go back to what is kept', async () => {
    const one = await open();
    records.isAway = true;
    const { token } = create(one, 'a');
    const failure: unknown = await one.shelves.settled().catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'STORE_UNAVAILABLE');
    expect(lines).to.deep.equal(['warn tokens, sessions or links were not kept: Error']);
    records.isAway = false;
    await new Promise((resolve) => void setTimeout(resolve, 250));
    await one.shelves.refresh();
    expect(one.tokens.find(token)).to.equal(undefined);
  });

  it('ask the database five times a second at most, however many want to know', async () => {
    const one = await open();
    const [before, begin] = [records.asked, performance.now()];
    for (let n = 0; n < 3; n += 1)
      await Promise.all(Array.from({ length: 100 }, () => one.shelves.refresh()));
    const seconds = (performance.now() - begin) / 1000;
    expect(records.asked - before).to.be.at.most(2 + 5 * seconds);
  });
});
