// Files of rules and destinations as editors, mounts and people leave them.
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'chai';

import { readAlertFile, type AlertFile } from '../../dist/alerts/alert-file.js';
import { filterOfWords } from '../../dist/api/query/filter.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const RULE = { id: 'errors', name: 'Errors', measure: 'error_rate', above: 0.05, destinations: ['ops'] };
const CONTENT = {
  destinations: [{ id: 'ops', kind: 'slack', name: 'ops', url: 'http://a.example/canary-of-a-url' }],
  rules: [RULE],
};

describe('a file of alerts', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'alert-file-'));
    afterTest(() => rmSync(folder, { recursive: true }));
  });

  function read(text: string): AlertFile {
    const path = join(folder, 'alerts.json');
    writeFileSync(path, text);
    return readAlertFile(path, {}, filterOfWords);
  }

  it('may begin with a mark of its encoding, have line ends of Windows, and be behind links', () => {
    const text = JSON.stringify(CONTENT, undefined, 2);
    for (const each of [`\uFEFF${text}`, text.replaceAll('\n', '\r\n')])
      expect([...read(each).rules.keys()]).to.deep.equal(['file-errors']);
    symlinkSync('alerts.json', join(folder, '..data'));
    symlinkSync('..data', join(folder, 'link.json'));
    const behind = readAlertFile(join(folder, 'link.json'), {}, filterOfWords);
    expect(behind.destinations.size).to.equal(1);
  });

  for (const [what, text, problem] of [
    ['half of one', JSON.stringify(CONTENT).slice(0, 120), 'it is no JSON'],
    ['nothing', '', 'it is no JSON'],
    ['YAML', 'rules:\n  - id: errors\n', 'it is no JSON'],
    ['a list', '[]', 'it must be an object'],
    [
      'a rule without an id',
      JSON.stringify({ ...CONTENT, rules: [{ ...RULE, id: undefined }] }),
      '`rules.0.id` must be given',
    ],
    [
      'a rule that never fires',
      JSON.stringify({ ...CONTENT, rules: [{ ...RULE, above: 1 }] }),
      'rule `errors`: `above` must be less than everything, or it never fires',
    ],
    [
      'a filter of what there is not',
      JSON.stringify({ ...CONTENT, rules: [{ ...RULE, filter: { colour: 'red' } }] }),
      'rule `errors`: `filter`: there is no parameter "colour" here',
    ],
  ] as const)
    it(`with ${what} is refused, and why is said without what is in it`, () => {
      expect(() => read(text)).to.throw(problem);
      expect(() => read(text)).to.not.throw('canary');
    });
});
