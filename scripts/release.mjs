// What a release consists of, in a folder: `node scripts/release.mjs [folder]`, by default release/. Tarballs, an SBOM of each, their
// checksums, and the notes. It publishes nothing: .github/workflows/release.yml does, from such a folder.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { notesOf } from './release/changelog.mjs';
import { manifestOf, PACKAGES, ROOT, tarballIn, versionOfAll } from './release/packages.mjs';
import { sbomOf } from './release/sbom.mjs';

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}

/** Everything that is released, none of it from an earlier run */
function fill(folder) {
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty: its files would pass for those of this release`);
  mkdirSync(folder, { recursive: true });
  run(process.execPath, [join(ROOT, 'scripts/pack.mjs'), folder]);
  const manifests = PACKAGES.map((name) => manifestOf(name));
  const tarballs = new Map(manifests.map((manifest) => [manifest.name, tarballIn(folder, manifest)]));
  for (const manifest of manifests) {
    const tarball = tarballs.get(manifest.name);
    const sbom = sbomOf(manifest, tarball, tarballs);
    writeFileSync(tarball.replace(/\.tgz$/, '.cdx.json'), `${JSON.stringify(sbom, undefined, 2)}\n`);
  }
  const files = readdirSync(folder).toSorted();
  const sums = files.map((file) => {
    const hash = createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
    return `${hash}  ${file}\n`;
  });
  writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
  const notes = notesOf(readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'), versionOfAll());
  writeFileSync(join(folder, 'NOTES.md'), `${notes}\n`);
}

const folder = resolve(process.argv[2] ?? join(ROOT, 'release'));
try {
  fill(folder);
  for (const file of readdirSync(folder)) process.stdout.write(`${basename(folder)}/${file}\n`);
} catch (error) {
  process.stderr.write(`release: ${error.message}\n`);
  process.exitCode = 1;
}
