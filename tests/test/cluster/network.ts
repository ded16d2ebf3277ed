import { execFileSync, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { lastWill } from '../../../packages/server/test-dist/support/processes/last-will.js';

/** Drops every packet: no packet is as small as what it lets through at once. */
const NOTHING = ['root', 'tbf', 'rate', '8bit', 'burst', '1', 'latency', '1ms'];

/**
 * A network namespace with two lines to this machine: one for those who speak to what runs in it, one for what that speaks to. The
 * second can be cut, so that packets vanish as behind a switch that failed: no end of a connection is seen.
 */
export class CutOffNetwork {
  /** Where what runs in it is found by this machine. */
  readonly insideAddress: string;
  /** Where this machine is found by what runs in it: the line that is cut. */
  readonly outsideAddress: string;
  readonly #name: string;
  readonly #revokeWill: () => void;

  private constructor() {
    // Of the block for measurements of networks (RFC 2544), with room for others who do the same.
    const third = randomInt(256);
    this.#name = `cerberus-${process.pid}-${third}`;
    this.insideAddress = `198.18.${third}.2`;
    this.outsideAddress = `198.19.${third}.1`;
    this.#revokeWill = lastWill(
      this.#links()
        .map((link) => `ip link del ${link};`)
        .join(' ') + `ip netns del ${this.#name}`,
    );
    ip('netns', 'add', this.#name);
    this.#inside('ip', 'link', 'set', 'lo', 'up');
    for (const [index, link] of this.#links().entries()) {
      const block = `198.${18 + index}.${third}`;
      ip('link', 'add', link, 'type', 'veth', 'peer', 'name', `in${index}`, 'netns', this.#name);
      ip('addr', 'add', `${block}.1/30`, 'dev', link);
      ip('link', 'set', link, 'up');
      this.#inside('ip', 'addr', 'add', `${block}.2/30`, 'dev', `in${index}`);
      this.#inside('ip', 'link', 'set', `in${index}`, 'up');
    }
  }

  /** @returns `undefined` where this process has no right to one, unless no test may be skipped */
  static create(): CutOffNetwork | undefined {
    const probe = `cerberus-probe-${process.pid}`;
    const isPossible = spawnSync('ip', ['netns', 'add', probe]).status === 0;
    if (isPossible) {
      ip('netns', 'del', probe);
      return new CutOffNetwork();
    }
    if (process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true')
      throw new Error('a network namespace needs root and iproute2, and no test may be skipped here');
    return undefined;
  }

  /** The command that runs another one in it. */
  get prefix(): readonly [string, ...string[]] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  /** Nothing passes any more between what runs in it and {@link outsideAddress}. */
  cut(): void {
    execFileSync('tc', ['qdisc', 'replace', 'dev', this.#links()[1] ?? '', ...NOTHING]);
    this.#inside('tc', 'qdisc', 'replace', 'dev', 'in1', ...NOTHING);
  }

  mend(): void {
    spawnSync('tc', ['qdisc', 'del', 'dev', this.#links()[1] ?? '', 'root']);
    spawnSync('ip', ['netns', 'exec', this.#name, 'tc', 'qdisc', 'del', 'dev', 'in1', 'root']);
  }

  remove(): void {
    for (const link of this.#links()) spawnSync('ip', ['link', 'del', link]);
    spawnSync('ip', ['netns', 'del', this.#name]);
    this.#revokeWill();
  }

  /** Their names have at most fifteen characters. */
  #links(): readonly string[] {
    const id = `${process.pid.toString(36)}${this.#name.slice(this.#name.lastIndexOf('-') + 1)}`;
    return [`cb${id}c`, `cb${id}d`];
  }

  #inside(...command: readonly string[]): void {
    const [file, ...args] = this.prefix;
    execFileSync(file, [...args, ...command]);
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}
