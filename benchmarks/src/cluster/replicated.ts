import { Child } from '../harness/child.ts';
import { Pair } from './pair.ts';
import { measurePromotions, type Promotion } from './promotion.ts';
import { measureSteady, type SteadyRound } from './steady.ts';

const SERVERS = 3;

/** How much is measured of servers whose primary has a synchronous standby. */
export interface ReplicatedPlan {
  readonly rounds: number;
  readonly secondsPerRound: number;
  /** Of each kind. */
  readonly promotions: number;
}

export interface ReplicatedResults {
  /** By events a second. */
  readonly steady: Readonly<Record<string, readonly SteadyRound[]>>;
  /** By what has become of the old primary. */
  readonly promotions: Readonly<Record<string, readonly Promotion[]>>;
}

/** How long acknowledgements take, and for how long none comes when the primary is lost. */
export async function measureReplicated(plan: ReplicatedPlan): Promise<ReplicatedResults> {
  const pair = await Pair.start();
  const children: Child[] = [];
  try {
    const urls: string[] = [];
    for (let index = 0; index < SERVERS; index += 1) {
      const node = await Child.start('cluster/node-process.js', [pair.url]);
      children.push(node);
      urls.push((await node.call<{ wsUrl: string }>('address')).wsUrl);
    }
    for (const url of urls) children.push(await Child.start('server/load-process.js', [url]));
    const steady = await measureSteady(children.slice(SERVERS), plan);
    const exporting = await Child.start('cluster/exporting-process.js', urls);
    children.push(exporting);
    return { steady, promotions: await measurePromotions(pair, exporting, plan.promotions) };
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await pair.remove();
  }
}
