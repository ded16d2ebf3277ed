import { expect } from 'chai';

import { parseStoreUrl } from '../../dist/store/store-address.js';

describe('the URL of a database of several servers', () => {
  it('names several hosts, of which each gets a URL of its own', () => {
    expect(
      parseStoreUrl('postgres://u:p%40@db1:5433,db2,[::1]:5434/cerberus?sslmode=verify-full'),
    ).to.deep.equal({
      urls: [
        'postgres://u:p%40@db1:5433/cerberus?sslmode=verify-full',
        'postgres://u:p%40@db2/cerberus?sslmode=verify-full',
        'postgres://u:p%40@[::1]:5434/cerberus?sslmode=verify-full',
      ],
      name: 'db1:5433,db2,[::1]:5434/cerberus',
    });
    expect(parseStoreUrl('postgresql://db/cerberus')?.urls).to.deep.equal(['postgresql://db/cerberus']);
  });

  it('is said in messages without its user and password', () => {
    expect(parseStoreUrl('postgres://user:secret@db/cerberus')?.name).to.equal('db/cerberus');
  });

  for (const text of [
    '',
    'cerberus.duckdb',
    'mysql://db/cerberus',
    'postgres://db',
    'postgres://db/',
    'postgres:///cerberus',
    'postgres://db1,,db2/cerberus',
    'postgres://db:x/cerberus',
    'postgres://db:65536/cerberus',
    'postgres://db/cerberus#x',
    'postgres://a@b@db/cerberus',
  ]) {
    it(`is not: ${text === '' ? 'nothing' : text}`, () => {
      expect(parseStoreUrl(text)).to.equal(undefined);
    });
  }
});
