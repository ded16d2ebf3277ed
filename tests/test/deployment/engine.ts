// A container engine, with images and containers of its own in a temporary folder. No base image is to be had without a registry: this
// machine's Debian and Node.js stand in for it, mounted for reading.
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { lastWill } from '../../../packages/server/test-dist/support/processes/last-will.js';

const execute = promisify(execFile);
/** The base that Dockerfile names; its tag says nothing of what stands in for it. */
const BASE = 'docker.io/library/node:24-bookworm-slim';
const SYSTEM_FOLDERS = ['bin', 'sbin', 'lib', 'lib64', 'libexec', 'share'].filter((name) =>
  existsSync(join('/usr', name)),
);
const PROGRAMS = ['podman', 'runc', 'conmon', 'catatonit'];
/** The user of the node image, whose number Dockerfile has. */
const USERS = 'root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n';
const GROUPS = 'root:x:0:\nnode:x:1000:\n';
/** What a container may have is limited by what this process has. */
const CONFIGURATION = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
`;

function isProgram(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

/** As root, on a Debian that has Debian's engine. */
export const canRunContainers =
  process.getuid?.() === 0 &&
  existsSync('/etc/debian_version') &&
  readlinkSync('/bin') === 'usr/bin' &&
  PROGRAMS.every((name) => isProgram(name));

if (!canRunContainers && process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true')
  throw new Error(
    `one of ${PROGRAMS.join(', ')} is missing: install Debian's packages, no test may be skipped here`,
  );

/** Folders of this machine that make a base image of the stand-in, by where they are in a container. */
export const SYSTEM_MOUNTS: ReadonlyMap<string, string> = new Map([
  ...SYSTEM_FOLDERS.map((name) => [join('/usr', name), join('/usr', name)] as const),
  // Not at /usr/local, where an image puts its own programs.
  ['/opt/node', dirname(dirname(process.execPath))],
]);

/** They, as options of the engine. */
export const SYSTEM_OPTIONS: readonly string[] = [...SYSTEM_MOUNTS].flatMap(([inside, outside]) => [
  '--volume',
  `${outside}:${inside}:ro`,
]);

export class Engine {
  readonly folder: string;
  readonly #revokeWill: () => void;

  private constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'cerberus-containers-'));
    writeFileSync(join(this.folder, 'containers.conf'), CONFIGURATION);
    const podman = `podman ${this.#places().join(' ')}`;
    this.#revokeWill = lastWill(
      `CONTAINERS_CONF=${this.folder}/containers.conf ${podman} rm --all --force --depend --time 0; rm -rf ${this.folder}`,
    );
  }

  /** With the stand-in as the base image. Close it. */
  static async start(): Promise<Engine> {
    const engine = new Engine();
    const base = join(engine.folder, 'base');
    for (const name of [
      'dev',
      'etc',
      'opt/node',
      'proc',
      'root',
      'run',
      'sys',
      'tmp',
      'usr/local/bin',
      'var/lib',
    ])
      mkdirSync(join(base, name), { recursive: true });
    for (const name of SYSTEM_FOLDERS) {
      mkdirSync(join(base, 'usr', name), { recursive: true });
      if (existsSync(join('/', name))) symlinkSync(join('usr', name), join(base, name));
    }
    for (const name of ['node', 'npm', 'npx'])
      symlinkSync(`/opt/node/bin/${name}`, join(base, 'usr/local/bin', name));
    writeFileSync(join(base, 'etc/passwd'), USERS);
    writeFileSync(join(base, 'etc/group'), GROUPS);
    // A machine without one starts for the first time, and with everything that is installed.
    writeFileSync(join(base, 'etc/machine-id'), `${randomBytes(16).toString('hex')}\n`);
    for (const name of ['alternatives', 'ssl'])
      cpSync(`/etc/${name}`, join(base, 'etc', name), { recursive: true, verbatimSymlinks: true });
    const tar = join(engine.folder, 'base.tar');
    await execute('tar', ['-C', base, '-cf', tar, '.']);
    await engine.podman(
      'import',
      '--change',
      'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin',
      tar,
      BASE,
    );
    return engine;
  }

  /** @returns what it prints. Rejects with what it says when it fails. */
  async podman(...args: string[]): Promise<string> {
    const env = { ...process.env, CONTAINERS_CONF: join(this.folder, 'containers.conf') };
    const { stdout } = await execute('podman', [...this.#places(), ...args], {
      env,
      maxBuffer: 64 * 2 ** 20,
    });
    return stdout.trim();
  }

  /** Builds a target of the Dockerfile in a folder. */
  async build(folder: string, target: string, tag: string): Promise<void> {
    const npm = join(homedir(), '.npm');
    mkdirSync(npm, { recursive: true });
    const settings = join(homedir(), '.npmrc');
    const own = existsSync(settings) ? ['--volume', `${settings}:/root/.npmrc:ro`] : [];
    const authority = process.env['NODE_EXTRA_CA_CERTS'];
    const trust = authority === undefined ? [] : ['--env', `NODE_EXTRA_CA_CERTS=${authority}`];
    // Health checks are in Docker's format only. Without layers, because none of them is used again.
    const how = ['--format', 'docker', '--layers=false', '--pull=never', '--network', 'host'];
    const mounts = [...SYSTEM_OPTIONS, '--volume', `${npm}:/root/.npm`, ...own, ...trust];
    await this.podman('build', ...how, ...mounts, '--target', target, '--tag', tag, folder);
  }

  /** Starts a container without a network of its own, for nobody's port to be taken. @returns its id */
  async start(...args: string[]): Promise<string> {
    return this.podman('run', '--detach', '--network', 'none', ...SYSTEM_OPTIONS, ...args);
  }

  /** @returns what a module prints that is run in a container */
  async node(container: string, script: string, ...args: string[]): Promise<string> {
    return this.podman('exec', container, 'node', '--input-type=module', '--eval', script, ...args);
  }

  async close(): Promise<void> {
    await this.podman('pod', 'rm', '--all', '--force', '--time', '0');
    await this.podman('rm', '--all', '--force', '--depend', '--time', '0');
    await rm(this.folder, { recursive: true, force: true });
    this.#revokeWill();
  }

  #places(): string[] {
    return [
      '--root',
      join(this.folder, 'root'),
      '--runroot',
      join(this.folder, 'run'),
      '--log-level',
      'fatal',
    ];
  }
}
