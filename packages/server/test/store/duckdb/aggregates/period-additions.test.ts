import { expect } from 'chai';

import { PeriodAdditions } from '../../../../dist/store/duckdb/aggregates/period-additions.js';
import { ROLLUP_TABLES, type RollupTable } from '../../../../dist/store/duckdb/aggregates/rollup-tables.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.UTC(2025, 2, 1);

function tableOf(name: string): RollupTable {
  const table = ROLLUP_TABLES.find((each) => each.name === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
}

describe('PeriodAdditions', () => {
  const minutes = tableOf('minute_requests');
  const hours = tableOf('hour_requests');

  it('has minutes put together after each step', () => {
    const additions = new PeriodAdditions([minutes, hours]);
    additions.note([START, START + MINUTE, START]);
    const due = additions.due();
    expect(due).to.deep.equal({ table: minutes, starts: [START, START + MINUTE] });
    if (due !== undefined) additions.forget(due);
    expect(additions.due()).to.equal(undefined);
  });

  it('has hours put together when twenty steps have added to them', () => {
    const additions = new PeriodAdditions([hours]);
    for (let step = 0; step < 19; step += 1) additions.note([START + MINUTE, START + 2 * MINUTE]);
    expect(additions.due()).to.equal(undefined);
    additions.note([START + MINUTE]);
    expect(additions.due()).to.deep.equal({ table: hours, starts: [START] });
  });

  it('puts at most 500 periods together at once', () => {
    const additions = new PeriodAdditions([minutes]);
    additions.note(Array.from({ length: 501 }, (_, index) => START + index * MINUTE));
    const due = additions.due();
    expect(due?.starts).to.have.length(500);
    if (due !== undefined) additions.forget(due);
    expect(additions.due()?.starts).to.deep.equal([START + 500 * MINUTE]);
  });

  it('forgets hours that are long over', () => {
    const additions = new PeriodAdditions([hours]);
    for (let step = 0; step < 19; step += 1) additions.note([START]);
    additions.forgetOld(START + 2 * DAY);
    for (let step = 0; step < 18; step += 1) additions.note([START + 2 * DAY]);
    additions.forgetOld(START + 2 * DAY + 1);
    additions.note([START, START + 2 * DAY]);
    expect(additions.due(), 'the old one begins anew').to.equal(undefined);
    additions.note([START + 2 * DAY]);
    expect(additions.due()?.starts).to.deep.equal([START + 2 * DAY]);
  });
});
