import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What installing a tarball brings, as npm resolves it today: a CycloneDX document.
 *
 * @param manifest - of the package
 * @param tarball - of the package
 * @param ours - tarballs of other packages of ours that it depends on, by name: they may not be on the registry yet
 * @throws Error with what npm says
 */
export function sbomOf(manifest, tarball, ours) {
  const folder = mkdtempSync(join(tmpdir(), 'cerberus-sbom-'));
  try {
    // npm names the component after the folder.
    const cwd = join(folder, manifest.name.split('/').at(-1));
    mkdirSync(cwd);
    run('tar', ['-xzf', tarball, '--strip-components=1'], cwd);
    writeFileSync(join(cwd, 'package.json'), JSON.stringify(installable(readManifest(cwd), ours)));
    run('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], cwd);
    const args = [
      'sbom',
      '--package-lock-only',
      '--omit=dev',
      '--sbom-format=cyclonedx',
      '--sbom-type=library',
    ];
    return withoutFiles(JSON.parse(run('npm', args, cwd)), manifest);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

/** Without what only we develop with: npm leaves out of the document what is also there. */
function installable({ devDependencies: _, scripts: __, ...manifest }, ours) {
  const dependencies = Object.entries(manifest.dependencies ?? {}).map(([name, range]) => [
    name,
    ours.has(name) ? `file:${ours.get(name)}` : range,
  ]);
  return { ...manifest, dependencies: Object.fromEntries(dependencies) };
}

/** A path of this machine is nobody's business. */
function withoutFiles({ metadata, components, ...rest }, manifest) {
  const component = { ...metadata.component, name: manifest.name };
  const isElsewhere = ({ url }) => !url.startsWith('file:');
  return {
    ...rest,
    metadata: { ...metadata, component },
    components: components.map(({ externalReferences = [], ...each }) => ({
      ...each,
      externalReferences: externalReferences.filter(isElsewhere),
    })),
  };
}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`\`${command} ${args.join(' ')}\` failed: ${error?.message ?? stderr}`);
  return stdout;
}
