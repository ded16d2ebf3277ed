import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultProxy } from '../../../packages/exporter-ws/test-dist/support/fault-proxy.js';
import { lastWill } from '../../../packages/server/test-dist/support/processes/last-will.js';
import { availableBalancers, Balancer } from './balancer.js';
import { EnginePair } from './engines.js';
import { Load } from './load.js';
import { CutOffNetwork } from './network.js';
import { ServerNode } from './nodes.js';
import { judge, type Verdict } from './oracle.js';
import { Releases } from './releases.js';

const EXPORTERS_PER_BALANCER = 6;

/** What a cluster is made of, in the order in which it is started. */
interface Parts {
  readonly engines: EnginePair;
  readonly nodes: readonly ServerNode[];
  readonly balancers: readonly Balancer[];
  readonly proxy: FaultProxy;
  readonly load: Load;
  readonly releases: Releases;
}

/**
 * Three servers on a pair of engines, behind each balancer that is installed, and exporters that send through all of them; one comes
 * through a proxy that can lead it from server to server.
 */
export class Cluster {
  readonly engines: EnginePair;
  readonly nodes: readonly ServerNode[];
  readonly balancers: readonly Balancer[];
  readonly load: Load;
  /** What servers can be replaced by. */
  readonly releases: Releases;
  /** So much the clocks of the servers are ahead. */
  clockShiftMillis = 0;
  /** Whether the many exporters of a fault have come; they stay. */
  readonly crowded = { done: false };
  readonly #proxy: FaultProxy;
  readonly #lead: { port: number };
  readonly #closing: Closing;

  private constructor(parts: Parts, lead: { port: number }, closing: Closing) {
    this.engines = parts.engines;
    this.nodes = parts.nodes;
    this.balancers = parts.balancers;
    this.load = parts.load;
    this.releases = parts.releases;
    this.#proxy = parts.proxy;
    this.#lead = lead;
    this.#closing = closing;
  }

  /** @param binaries - of PostgreSQL */
  static async start(binaries: string): Promise<Cluster> {
    const closing = new Closing();
    try {
      const folder = mkdtempSync(join(tmpdir(), 'cerberus-cluster-'));
      const revoke = lastWill(`rm -rf '${folder}'`);
      closing.add(revoke);
      closing.add(() => rmSync(folder, { recursive: true, force: true }));
      const network = CutOffNetwork.create();
      closing.add(() => network?.remove());
      const engines = await EnginePair.start(binaries, network?.outsideAddress);
      closing.add(() => engines.remove());
      const nodes: ServerNode[] = [];
      closing.add(() => Promise.all(nodes.map((node) => node.kill())));
      for (const [name, its] of [
        ['one', undefined],
        ['two', undefined],
        ['three', network],
      ] as const)
        nodes.push(await ServerNode.start(name, ['--store', engines.urlFor(its?.outsideAddress)], its));
      const balancers: Balancer[] = [];
      closing.add(() => Promise.all(balancers.map((balancer) => balancer.kill())));
      for (const name of availableBalancers()) balancers.push(await Balancer.start(name, nodes, folder));
      const lead = { port: nodes[0]?.port ?? 0 };
      const proxy = await FaultProxy.start(() => lead.port);
      closing.add(() => proxy.stop());
      const load = new Load();
      closing.add(() => load.end());
      for (const { wsUrl } of balancers) await load.join(wsUrl, EXPORTERS_PER_BALANCER);
      await load.join(`ws://127.0.0.1:${proxy.port}/ws/events`, 1);
      const releases = new Releases(folder);
      return new Cluster({ engines, nodes, balancers, proxy, load, releases }, lead, closing);
    } catch (error) {
      await closing.close();
      throw error;
    }
  }

  /** The one that can be cut off from the engines; `undefined` where that takes a right that this process has not. */
  get remoteNode(): ServerNode | undefined {
    return this.nodes.find(({ network }) => network !== undefined);
  }

  /** Those that the exporter behind the proxy can be led to. */
  get nearNodes(): readonly ServerNode[] {
    return this.nodes.filter(({ network }) => network === undefined);
  }

  /** Leads the exporter behind the proxy to another server, in the middle of what it does. What is on its way still arrives. */
  moveExporter(to: ServerNode): void {
    this.#lead.port = to.port;
    this.#proxy.end();
  }

  /** Waits until everything that was accepted is acknowledged, and says what became of it. The load has to be paused. */
  async verdict(): Promise<Verdict> {
    const books = await this.load.flush();
    return judge(this.engines, this.nodes, books);
  }

  /** Ends everything, the newest first. */
  close(): Promise<void> {
    return this.#closing.close();
  }
}

/** What was started and has to be ended, the newest first. */
class Closing {
  readonly #due: (() => unknown)[] = [];

  add(close: () => unknown): void {
    this.#due.push(close);
  }

  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#due.splice(0).toReversed()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
