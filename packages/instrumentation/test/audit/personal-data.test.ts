import { expect } from 'chai';
import { suspicionsOf } from '../../dist/esm/audit/personal-data.js';

describe('suspicionsOf', () => {
  const suspicious: Record<string, readonly string[]> = {
    'an IP address': [
      '203.0.113.77',
      'from 203.0.113.77, twice',
      '203.0.113.77:443',
      '/by/203.0.113.77/x',
      '203%2E0%2E113%2E77',
      '2001:db8::1',
      '[2001:db8::1]:443',
      '::ffff:203.0.113.77',
      'It was 203.0.113.77.',
      '/cafe203.0.113.77',
      'ip-203-0-113-77.example',
      '/%ff/203%2E0%2E113%2E77',
    ],
    'an e-mail address': [
      'alice@example.com',
      '/users/alice@example.com/x',
      'alice%40example.com',
      '/a%zz/alice%40example.com',
      'alice%2540example.com',
    ],
    'a query string': ['/x?a=b', '?token=x', 'a=b&c=d', '/x%3Fa%3Db'],
  };
  for (const [what, texts] of Object.entries(suspicious)) {
    for (const text of texts) {
      it(`takes ${JSON.stringify(text)} for ${what}`, () => {
        expect(suspicionsOf(text)).to.include(what);
      });
    }
  }

  const harmless = [
    '',
    'GET',
    '/users/:id',
    '/a@b/c',
    '2026-11-23T09:07:53.123Z',
    '00000000-0000-4000-8000-000000000000',
    'f'.repeat(64),
    '1.2.3',
    '12:30:45',
    'What?',
    'a=b',
    '100%',
    '2026-11-23-12',
    '999-0-0-1',
    '%E0%A4%A',
  ];
  for (const text of harmless) {
    it(`sees nothing in ${JSON.stringify(text)}`, () => {
      expect(suspicionsOf(text)).to.deep.equal([]);
    });
  }
});
