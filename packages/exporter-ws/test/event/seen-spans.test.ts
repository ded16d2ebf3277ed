import { expect } from 'chai';
import { SeenSpans } from '../../dist/esm/event/seen-spans.js';
import { Claim } from '../../dist/esm/event/together.js';

describe('seen spans', () => {
  it('knows a span that was added, and no other', () => {
    const seen = new SeenSpans();
    const span = {};
    seen.add(span);
    expect(seen.has(span)).to.equal(true);
    expect(seen.has({})).to.equal(false);
  });

  it('does not know what another exporter accepted', () => {
    const span = {};
    new SeenSpans().add(span);
    expect(new SeenSpans().has(span)).to.equal(false);
  });

  it('knows a span that takes no mark', () => {
    const seen = new SeenSpans();
    const frozen = Object.freeze({});
    seen.add(frozen);
    expect(seen.has(frozen)).to.equal(true);
    expect(seen.has(Object.freeze({}))).to.equal(false);
  });

  for (const span of [{}, Object.freeze({})]) {
    it(`forgets one that was refused after all (${Object.isFrozen(span) ? 'frozen' : 'marked'})`, () => {
      const seen = new SeenSpans();
      const claim = new Claim();
      seen.add(span, claim);
      expect(seen.has(span)).to.equal(true);
      claim.isRefused = true;
      expect(seen.has(span)).to.equal(false);
      seen.add(span);
      expect(seen.has(span)).to.equal(true);
    });
  }

  it('adds nothing that a loop over the members or JSON shows, and no copy carries on as seen by a prototype', () => {
    const seen = new SeenSpans();
    const span = { name: 'GET' };
    seen.add(span);
    expect(JSON.stringify(span)).to.equal('{"name":"GET"}');
    expect(Object.keys(span)).to.deep.equal(['name']);
    expect(seen.has(Object.create(span) as object)).to.equal(false);
  });
});
