import { expect } from 'chai';

import { QUERIES } from '../../dist/api/query/descriptions.js';
import { FILTER_PARAMETERS } from '../../dist/api/query/filter.js';
import { FILTER_NAMES } from '../../page/dist/filter/filter.js';
import { withoutScope, withScope } from '../../page/dist/query.js';

describe('a question of the page', () => {
  const everything = Object.fromEntries(FILTER_NAMES.map((name) => [name, '1']));
  const scope = { client_id: 'shop', since: 1, until: 2, ...everything };

  it('has of what is chosen for the page only what the server takes', () => {
    for (const [name, description] of Object.entries(QUERIES)) {
      if (!name.startsWith('GET /api/') || description === 'any' || Object.keys(description).length === 0)
        continue;
      const path = name.slice('GET /'.length);
      if (path === 'api/live') continue; // Has no range, and is not read but listened to.
      const asked = Object.keys(withScope(path, {}, scope));
      expect(Object.keys(description), path).to.include.members(asked);
    }
  });

  it('leaves to a share link what it is about', () => {
    expect(withoutScope({ sort: 'p95', ...scope })).to.deep.equal({ sort: 'p95' });
  });

  it('chooses by whatever the server can choose by', () => {
    const { since: _since, until: _until, client_id: _client, ...others } = FILTER_PARAMETERS;
    expect(Object.keys(others)).to.have.members([...FILTER_NAMES]);
  });

  it('is about the range and the application that are chosen', () => {
    expect(withScope('api/overview', { bucket: '1h' }, scope)).to.deep.equal({ bucket: '1h', ...scope });
    expect(withScope('api/tokens', {}, scope)).to.deep.equal({});
  });
});
