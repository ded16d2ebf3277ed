import { expect } from 'chai';
import { consumerOf, MAX_NAME_CHARACTERS } from '../../dist/esm/enrich/consumer.js';

describe('a consumer', () => {
  it('has an id that is a text or a number, and a group and a label if they are given', () => {
    expect(consumerOf(7, {})).to.deep.equal({ id: '7', group: undefined, label: undefined });
    expect(consumerOf('acme', { group: 'pro', label: 'Acme Inc.' })).to.deep.equal({
      id: 'acme',
      group: 'pro',
      label: 'Acme Inc.',
    });
    expect(consumerOf('acme', { group: '', label: undefined })).to.include({ group: undefined });
  });

  it('is none without an id, or with a group or a label that is no text', () => {
    for (const id of ['', undefined, null, Number.NaN, {}, ['acme']])
      expect(consumerOf(id, {}), String(id)).to.equal(undefined);
    for (const details of [{ group: 1 }, { label: {} }])
      expect(consumerOf('acme', details as never)).to.equal(undefined);
  });

  it('is called what any database can store, not longer than the limit, and cut between characters', () => {
    const named = (label: string): string | undefined => consumerOf('acme', { label })?.label;
    expect(named('a\0b\ud800')).to.equal('a\ufffdb\ufffd');
    expect(named('x'.repeat(300))).to.equal('x'.repeat(MAX_NAME_CHARACTERS));
    expect(named(`${'x'.repeat(MAX_NAME_CHARACTERS - 1)}\u{1F600}`)).to.equal(
      'x'.repeat(MAX_NAME_CHARACTERS - 1),
    );
  });
});
