import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const DOCUMENT = fileURLToPath(new URL('../../../docs/coexistence.md', import.meta.url));

/**
 * The rows that a test file found, in its table of docs/coexistence.md: writes them there with `CERBERUS_WRITE_DOCS=true`, and
 * otherwise compares.
 *
 * @param test its path below tests/test
 * @param expected how many rows there are when all of its tests ran and passed; with others nothing happens
 */
export async function keepTable(
  test: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  expected: number,
): Promise<void> {
  if (rows.length !== expected) return;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
  const document = await readFile(DOCUMENT, 'utf8');
  const start = `<!-- written by tests/test/${test} -->\n`;
  const from = document.indexOf(start) + start.length;
  expect(from, `a table of ${test}`).to.be.above(start.length);
  const to = document.indexOf('<!-- end -->', from);
  const written = `${document.slice(0, from)}\n${table}\n\n${document.slice(to)}`;
  if (process.env['CERBERUS_WRITE_DOCS'] === 'true') await writeFile(DOCUMENT, written);
  else expect(document).to.equal(written);
}
