import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A fenced block: its language and its text. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

/** `docs/server.md`, as its readers see it. */
export const SERVER_DOCUMENT: string = documentOf('server.md');

/** `docs/guarantees.md`, as its readers see it. */
export const GUARANTEES_DOCUMENT: string = documentOf('guarantees.md');

/** `docs/alerts.md`, as its readers see it. */
export const ALERTS_DOCUMENT: string = documentOf('alerts.md');

function documentOf(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../../docs/${name}`, import.meta.url)), 'utf8');
}

/** Blocks of code, in order. */
export function codeBlocks(document: string): readonly CodeBlock[] {
  return [...document.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
}

/** Cells of all table rows whose first cell is code: `` | `name` | … | ``. Backticks around a whole cell are removed. */
export function tableRows(document: string): readonly (readonly string[])[] {
  return document
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1')),
    );
}
