import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  captureBlock,
  captureDetails,
  captureSummary,
  majorOf,
  markdownOf,
  USUAL,
  withGenerated,
} from './document.ts';
import { plotName, plotOf } from './plot.ts';
import { toJson, type Results } from './results.ts';

const DOCS = fileURLToPath(new URL('../../../docs/', import.meta.url));
const FOLDER = `${DOCS}performance/`;
const PAGE_OF_CAPTURES = `${DOCS}performance.md`;
const PAGE_OF_PARTS = `${FOLDER}parts.md`;

/** Writes all parts but captures to docs/performance/parts.md, with plots and every round beside it. */
export function publish(results: Results): void {
  writeBeside('results.json', toJson(results));
  for (const growth of results.growth ?? []) writeBeside(plotName(growth.what), plotOf(growth));
  rewrite(PAGE_OF_PARTS, markdownOf(results), USUAL);
}

/**
 * Writes what captures cost on this Node.js to docs/performance.md, with the rest and every turn beside it. A page without a place for
 * this version stays as it is.
 */
export function publishCapture(results: Results): void {
  const { capture, machine } = results;
  const name = captureBlock(machine.node);
  if (capture === undefined || !readFileSync(PAGE_OF_CAPTURES, 'utf8').includes(name)) return;
  const file = `capture-node-${majorOf(machine.node)}`;
  writeBeside(`${file}.json`, toJson(results));
  writeBeside(
    `${file}.md`,
    `# Captures on Node.js ${majorOf(machine.node)}, in detail\n\n${captureDetails(capture)}\n`,
  );
  rewrite(PAGE_OF_CAPTURES, captureSummary(results), name);
}

function writeBeside(name: string, content: string): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}${name}`, content);
}

function rewrite(page: string, generated: string, name: string): void {
  writeFileSync(page, withGenerated(readFileSync(page, 'utf8'), generated, name));
}
