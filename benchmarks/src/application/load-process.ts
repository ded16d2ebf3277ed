// The clients: autocannon, in a process of its own.
import { requirePeer } from '../harness/peers.ts';
import { answerCalls } from '../harness/subject.ts';

interface Result {
  readonly requests: { readonly average: number; readonly total: number };
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly non2xx: number;
  readonly errors: number;
}

/** What clients saw. */
export interface Load {
  readonly requestsPerSecond: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
}

const autocannon = requirePeer<(options: object) => Promise<Result>>('application', 'autocannon');
const CONNECTIONS = 32;
/** So often autocannon looks whether it has finished. */
const SAMPLE_MILLIS = 20;

answerCalls({
  /** As many requests as the server answers, and no others. */
  async count({ url, requests }: { url: string; requests: number }): Promise<void> {
    await attack({ url, amount: requests, connections: CONNECTIONS, sampleInt: SAMPLE_MILLIS });
  },

  /** @param perSecond undefined: as many as the server answers */
  async run({
    url,
    seconds,
    perSecond,
  }: {
    url: string;
    seconds: number;
    perSecond?: number;
  }): Promise<Load> {
    const rate = perSecond === undefined ? {} : { overallRate: perSecond };
    const result = await attack({ url, duration: seconds, connections: CONNECTIONS, ...rate });
    return {
      requestsPerSecond: result.requests.total / seconds,
      p50Millis: result.latency.p50,
      p99Millis: result.latency.p99,
    };
  },
});

/** @throws Error when a request fails */
async function attack(options: object): Promise<Result> {
  const result = await autocannon(options);
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed`);
  return result;
}
