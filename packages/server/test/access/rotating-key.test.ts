import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { renewSecretKey } from '../../dist/access/credentials.js';
import { periodOf, RotatingKey } from '../../dist/access/rotating-key.js';
import type { KeyRotation } from '../../dist/config.js';
import { call, server, stopServers } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';

const at = (text: string): number => Date.parse(text);

describe('a key that changes by itself', () => {
  let db: string;
  let now: number;
  let lines: string[];

  beforeEach(() => {
    db = join(tempFolder(), 'x.duckdb');
    writeFileSync(`${db}.secret-key`, 'the-first-key\n');
    now = at('2025-03-01T12:00:00Z');
    lines = [];
  });

  afterEach(stopServers);

  function open(rotation: KeyRotation): RotatingKey {
    return new RotatingKey({
      initial: readFileSync(`${db}.secret-key`, 'utf8').trim(),
      rotation,
      renew: () => renewSecretKey(db),
      path: `${db}.key-changed`,
      log: (level, line) => void lines.push(`${level} ${line}`),
      now: () => now,
    });
  }

  it('changes at midnight, on Mondays and on the first of a month, all UTC', () => {
    const same = (rotation: 'daily' | 'weekly' | 'monthly', one: string, other: string): boolean =>
      periodOf(rotation, at(one)) === periodOf(rotation, at(other));
    expect(same('daily', '2025-03-01T00:00:00Z', '2025-03-01T23:59:59.999Z')).to.equal(true);
    expect(same('daily', '2025-03-01T23:59:59.999Z', '2025-03-02T00:00:00Z')).to.equal(false);
    // 2025-03-03 was a Monday.
    expect(same('weekly', '2025-03-03T00:00:00Z', '2025-03-09T23:59:59Z')).to.equal(true);
    expect(same('weekly', '2025-03-02T23:59:59Z', '2025-03-03T00:00:00Z')).to.equal(false);
    expect(same('monthly', '2025-03-01T00:00:00Z', '2025-03-31T23:59:59Z')).to.equal(true);
    expect(same('monthly', '2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z')).to.equal(false);
  });

  it('has periods that are numbered in a row, over each boundary and over the end of a year', () => {
    for (const [rotation, ...days] of [
      ['daily', '2025-12-30', '2025-12-31', '2026-01-01'],
      ['weekly', '2025-12-22', '2025-12-29', '2026-01-05'],
      ['monthly', '2025-10-31', '2025-11-01', '2025-12-31', '2026-01-01', '2026-02-28'],
    ] as const) {
      const [first = NaN, ...others] = days.map((day) => periodOf(rotation, at(`${day}T00:00:00Z`)));
      expect(others, rotation).to.deep.equal(others.map((_, index) => first + index + 1));
    }
  });

  it('is read by its owner alone, also where a file that others read was left in the place that it is written to', () => {
    const part = `${db}.secret-key.part`;
    writeFileSync(part, 'left', { mode: 0o644 });
    const before = openSync(part, 'r');
    try {
      const key = renewSecretKey(db);
      expect(readFileSync(`${db}.secret-key`, 'utf8')).to.equal(`${key}\n`);
      expect(statSync(`${db}.secret-key`).mode & 0o777).to.equal(0o600);
      expect(readFileSync(before, 'utf8'), 'whoever has opened that').to.equal('left');
    } finally {
      closeSync(before);
    }
  });

  it('is another one after the boundary, and the old one is nowhere', () => {
    const key = open('daily');
    expect(key.current).to.equal('the-first-key');
    now = at('2025-03-02T00:00:00Z');
    const second = key.current;
    expect(second).to.match(/^[\w-]{43}$/);
    expect(readFileSync(`${db}.secret-key`, 'utf8')).to.equal(`${second}\n`);
    expect(statSync(`${db}.secret-key`).mode & 0o777).to.equal(0o600);
    expect(lines).to.deep.equal(['info the key of the address hash was changed, as it is daily']);
    expect(key.current, 'once').to.equal(second);
  });

  it('changes at the start where the boundary passed meanwhile, and only then', () => {
    open('weekly');
    now = at('2025-03-02T23:00:00Z');
    expect(open('weekly').current).to.equal('the-first-key');
    now = at('2025-03-20T00:00:00Z');
    const later = open('weekly').current;
    expect(later).not.to.equal('the-first-key');
    expect(open('weekly').current).to.equal(later);
  });

  it('stays where it is off, and where a clock goes back', () => {
    const [off, daily] = [open('off'), open('daily')];
    now = at('2025-02-01T00:00:00Z');
    expect(daily.current).to.equal('the-first-key');
    now = at('2030-01-01T00:00:00Z');
    expect(off.current).to.equal('the-first-key');
  });

  it('changes at the next boundary where the clock was years ahead at the last change, also after a restart', () => {
    const key = open('daily');
    now = at('2030-01-01T00:00:00Z');
    const ahead = key.current;
    now = at('2025-03-02T09:00:00Z');
    expect(key.current).to.equal(ahead);
    now = at('2025-03-03T00:00:00Z');
    expect(open('daily').current).not.to.equal(ahead);
    expect(key.current).not.to.equal(ahead);
  });

  it('does not change twice where the clock is set back over midnight', () => {
    const key = open('daily');
    now = at('2025-03-02T00:30:00Z');
    const second = key.current;
    now = at('2025-03-01T23:30:00Z');
    expect(key.current).to.equal(second);
    now = at('2025-03-02T00:00:00Z');
    expect(key.current).to.equal(second);
  });

  it('stays, and says so once, where the new one cannot be kept', () => {
    const key = open('daily');
    mkdirSync(`${db}.secret-key.part`);
    now = at('2025-03-02T00:00:00Z');
    for (let ask = 0; ask < 3; ask += 1) expect(key.current).to.equal('the-first-key');
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^error the key of the address hash was not changed: /);
  });

  it('is what a server gives out, which tells the page of it', async () => {
    const changed = JSON.stringify({
      version: 1,
      changed_at: new Date(Date.now() - 40 * 86_400_000).toISOString(),
    });
    writeFileSync(`${db}.key-changed`, changed);
    const running = await server({ db, secretKey: undefined, rotateKey: 'monthly' });
    const { body } = await call(`${running.url}/api/secret-key`);
    expect(body['secret_key']).to.equal(readFileSync(`${db}.secret-key`, 'utf8').trim());
    expect(body['secret_key']).not.to.equal('the-first-key');
    expect((await call(`${running.url}/api/session`)).body).to.include({ rotate_key: 'monthly' });
  });
});
