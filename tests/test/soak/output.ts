import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const DOCUMENT = fileURLToPath(new URL('../../../docs/guarantees.md', import.meta.url));
const START = '<!-- written by tests/test/soak/main.ts -->\n';
const END = '<!-- end -->';
const said: string[] = [];

/** Writes a part of the report. */
export function say(text: string): void {
  said.push(text);
  process.stdout.write(text);
}

/** One line of the report. */
export function print(name: string, value: unknown): void {
  say(`  ${name.padEnd(34)}${String(value)}\n`);
}

/** Puts the report into docs/guarantees.md, in the place of the one before. */
export async function writeDocument(): Promise<void> {
  const document = await readFile(DOCUMENT, 'utf8');
  const from = document.indexOf(START) + START.length;
  const to = document.indexOf(END, from);
  if (from < START.length || to < 0) throw new Error('docs/guarantees.md has no place for the report');
  const report = `\n\`\`\`\n${said.join('').trim()}\n\`\`\`\n\n`;
  await writeFile(DOCUMENT, document.slice(0, from) + report + document.slice(to));
}
