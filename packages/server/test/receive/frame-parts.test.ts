import { expect } from 'chai';
import fc from 'fast-check';

import { parseInParts } from '../../dist/receive/frame-parts.js';

const PADDING = 'x'.repeat(3000);

function frame(events: readonly unknown[], seq = 7): string {
  return JSON.stringify({ type: 'events', seq, events });
}

function many(event: (index: number) => unknown, count = 60): readonly unknown[] {
  return Array.from({ length: count }, (_, index) => event(index));
}

function parse(text: string): unknown {
  return parseInParts(Buffer.from(text));
}

describe('parseInParts', () => {
  it('reads a large frame as exporters write it', () => {
    const events = many((index) => ({ endpoint: `/é🎉/${index}`, PADDING }));
    expect(parse(frame(events))).to.deep.equal({ seq: 7, events });
  });

  it('leaves a small one to JSON.parse', () => {
    expect(parse(frame([{ a: 1 }]))).to.equal(undefined);
  });

  it('leaves one to JSON.parse that it would cut inside a string or nested objects, and reads it where that is elsewhere', () => {
    const trap = '},{'.repeat(1000);
    for (const event of [{ trap }, { nested: [{ a: trap }, { b: 2 }, { c: trap }] }]) {
      expect(parse(frame(many(() => event)))).to.equal(undefined);
      const events = [event, ...many(() => ({ PADDING }))];
      expect(parse(frame(events))).to.deep.equal({ seq: 7, events });
    }
  });

  const events = JSON.stringify(many(() => ({ PADDING })));
  const others = {
    'with members in another order': `{"seq":7,"type":"events","events":${events}}`,
    'with spaces': `{"type": "events","seq":7,"events":${events}}`,
    'with a member behind the events': `{"type":"events","seq":7,"events":${events},"more":[{}]}`,
    'with a second list of events': `{"type":"events","seq":7,"events":${events},"events":[]}`,
    'with a number that no exporter has': `{"type":"events","seq":07,"events":${events}}`,
    'that ends too early': `{"type":"events","seq":7,"events":${events.slice(0, -2)}}`,
    'with a comma too many': `{"type":"events","seq":7,"events":${events.slice(0, -1)},]}`,
    'with brackets too many': `{"type":"events","seq":7,"events":${events.replaceAll('},{', '}],[{')}}`,
  };
  for (const [name, text] of Object.entries(others)) {
    it(`leaves a frame ${name} to JSON.parse`, () => {
      expect(parse(text)).to.equal(undefined);
    });
  }

  it('says of any frame what JSON.parse says, or nothing', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('},{', '"},{"', [{}, {}], { a: [{ b: 1 }, { c: PADDING }] }, { PADDING }),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 40, maxLength: 120 }), (list) => {
        const text = frame([...list, { PADDING }, { PADDING }, ...list, ...many(() => ({ PADDING }), 12)]);
        const parts = parse(text);
        if (parts !== undefined) expect(parts).to.deep.equal({ seq: 7, events: JSON.parse(text).events });
      }),
    );
  });

  it('says of any damaged frame nothing, unless JSON.parse takes it as well', () => {
    const text = frame(many((index) => ({ index, list: [{ a: 1 }, { PADDING }] })));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('', '"', '{', '}', '[', ']', ','), (at, put) => {
        const damaged = text.slice(0, at) + put + text.slice(at + 1);
        const parts = parse(damaged);
        if (parts !== undefined) expect(parts).to.deep.include({ events: JSON.parse(damaged).events });
      }),
    );
  });
});
