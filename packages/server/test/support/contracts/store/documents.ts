import { expect } from 'chai';

import type { DocumentChange, Documents } from '../../../../dist/store/documents.js';

/** Documents, and that two changes of one are not both made. */
export function documents(of: () => Documents): void {
  const a = (id: string, version: number, content: string | undefined = '{}'): DocumentChange => ({
    kind: 'a',
    id,
    version,
    content,
  });

  it('lists documents of some kinds in the order in which they were made, however they were changed', async () => {
    expect(await of().change([a('z', 0), a('y', 0), { ...a('x', 0), kind: 'b' }])).to.equal(true);
    expect(await of().change([a('w', 0, '"ü\'"')])).to.equal(true);
    expect(await of().change([a('z', 1, '{"n":2}')])).to.equal(true);
    expect(await of().list(['a', 'c'])).to.deep.equal([
      { kind: 'a', id: 'z', version: 2, content: '{"n":2}' },
      { kind: 'a', id: 'y', version: 1, content: '{}' },
      { kind: 'a', id: 'w', version: 1, content: '"ü\'"' },
    ]);
    expect(await of().list(['b', 'a'])).to.have.length(4);
    expect(await of().list([])).to.deep.equal([]);
  });

  it('changes documents all together, or none where one is not of its version', async () => {
    await of().change([a('x', 0), a('y', 0)]);
    const before = await of().list(['a']);
    for (const wrong of [a('x', 0), a('x', 2), a('z', 1), { ...a('x', 2), content: undefined }])
      expect(await of().change([a('y', 1, '[]'), wrong]), JSON.stringify(wrong)).to.equal(false);
    expect(await of().list(['a'])).to.deep.equal(before);
    expect(await of().change([{ ...a('x', 1), content: undefined }, a('y', 1, '[]')])).to.equal(true);
    expect(await of().list(['a'])).to.deep.equal([{ kind: 'a', id: 'y', version: 2, content: '[]' }]);
    expect(await of().change([a('x', 0)])).to.equal(true);
  });

  it('lets one of those who change a document at once do so', async () => {
    await of().change([a('x', 0)]);
    const all = await Promise.all(Array.from({ length: 8 }, (_, n) => of().change([a('x', 1, String(n))])));
    expect(all.filter(Boolean)).to.have.length(1);
    expect((await of().list(['a']))[0]).to.deep.include({ version: 2, content: String(all.indexOf(true)) });
  });
}
