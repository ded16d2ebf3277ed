// What each view shows is what somebody works out who has nothing but an export of the events and the documents.
import { startServer, type CerberusServer, type ServerOptions } from '@cerberus-otel/server';
import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usePostgres } from '../../../packages/server/test-dist/support/databases/postgres.js';
import { seededRandom } from '../../../packages/server/test-dist/support/events/random-events.js';
import { openStoreAt } from '../support/each-store.js';
import { store } from '../support/stored-traffic.js';
import { clientDifferences, consumerDifferences, CONSUMER_SORTS } from './consumers.js';
import { ENDPOINT_SORTS, endpointDifferences, keyOf, listedAs, type Listed } from './endpoints.js';
import { errorDifferences } from './errors.js';
import { nameOf, readLines, type Exported } from './exported.js';
import { isMeant, isWithin } from './filter.js';
import { latencyDifferences, weekDifferences } from './latency.js';
import { metricDifferences, metricListDifferences, metricNames } from './metrics.js';
import { overviewDifferences, summaryDifferences } from './overview.js';
import { paramsOf, questionOf, type Ask, type Question } from './question.js';
import { randomQuestion } from './random-question.js';
import { pick, randomTraffic } from './random-traffic.js';
import { releaseDifferences } from './releases.js';
import { REQUEST_ORDERS, requestDifferences } from './requests.js';
import { DIMENSIONS, valueDifferences } from './values.js';

const EVENTS = 5000;
const BATCH = 500;
/** Stored before the server starts anew, which aggregates what it finds. */
const BEFORE = 3500;
const QUESTIONS = 6;

/** Another one each time; one that failed can be given again. */
const seed = Number(process.env['FIGURES_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

function queryOf(params: Readonly<Record<string, string | number>>): URLSearchParams {
  return new URLSearchParams(Object.entries(params).map(([key, value]) => [key, String(value)]));
}

/** What leaves an endpoint of an application, and no other. */
function filterOf({ client_id, method, endpoint }: Listed): Readonly<Record<string, string>> {
  return { client_id, endpoint, ...(method !== null && { method }) };
}

/** A database that a server is started with, and again. */
interface Database {
  readonly open: () => Promise<Pick<ServerOptions, 'db' | 'store'>>;
  /** When no server has it any more. */
  readonly remove: () => void;
}

const stores: Readonly<Record<string, () => Database>> = {
  DuckDB: () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'cerberus-figures-'));
    });
    return {
      open: () => Promise.resolve({ db: join(folder, 'figures.duckdb') }),
      remove: () => rmSync(folder, { recursive: true }),
    };
  },
  PostgreSQL: () => {
    const freshDatabase = usePostgres();
    let url: string;
    before(async () => {
      url = await freshDatabase();
    });
    return { open: async () => ({ store: await openStoreAt(url) }), remove: () => undefined };
  },
};

for (const [name, use] of Object.entries(stores)) {
  describe(`the figures of each view, on ${name}, from seed ${seed}`, function () {
    this.timeout(120_000);
    const database = use();
    const random = seededRandom(seed);
    let server: CerberusServer;
    let now: number;
    let stored: readonly Exported[];
    let questions: readonly Question[];
    /** Thresholds that endpoints have as their own. */
    const own = new Map<string, number>();

    async function started(): Promise<CerberusServer> {
      return startServer({ port: 0, host: '127.0.0.1', ...(await database.open()), signIn: false });
    }

    async function read(path: string, params: Readonly<Record<string, string | number>>): Promise<Response> {
      const query = queryOf(params);
      const response = await fetch(`${server.url}/${path}?${query}`, {
        headers: { authorization: `Bearer ${server.token}` },
      });
      if (!response.ok) throw new Error(`${path}?${query}: ${response.status} ${await response.text()}`);
      return response;
    }

    const ask: Ask = async (path, params = {}) => (await read(path, params)).json() as never;

    async function exported(params: Readonly<Record<string, string | number>>): Promise<readonly Exported[]> {
      return readLines(await (await read('api/export', { ...params, format: 'ndjson' })).text());
    }

    before(async () => {
      now = Date.now();
      const sent = randomTraffic(random, EVENTS, now);
      server = await started();
      for (let from = 0; from < EVENTS; from += BATCH) {
        if (from === BEFORE) {
          await server.close();
          server = await started();
        }
        await store(server, ...sent.slice(from, from + BATCH));
      }
      stored = await exported({});
      for (const event of some(stored, 8)) await giveThreshold(listedAs(event));
      questions = Array.from({ length: QUESTIONS }, () => randomQuestion(random, stored, now));
    });

    async function giveThreshold(endpoint: Listed): Promise<void> {
      const threshold = pick(random, [1, 5, 50, 333, 2000]);
      const response = await fetch(`${server.url}/api/apdex-thresholds?${queryOf(filterOf(endpoint))}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ threshold_ms: threshold }),
      });
      expect(response.status, await response.text()).to.equal(200);
      own.set(keyOf(endpoint), threshold);
    }

    after(async () => {
      await server.close();
      database.remove();
    });

    /** So many of a list: each has its turn in one question or another. */
    function some<T>(list: readonly T[], many: number): readonly T[] {
      return Array.from({ length: many }, () => pick(random, list));
    }

    /** Asks something in each of the questions. */
    async function expectNoDifferences(
      differencesOf: (question: Question) => Promise<readonly string[]>,
    ): Promise<void> {
      for (const question of questions) {
        const found = await differencesOf(question);
        const about = `seed ${seed}, ${JSON.stringify(paramsOf(question))}, ${question.events.length} events`;
        expect(found.slice(0, 10), about).to.deep.equal([]);
      }
    }

    it('are of events that an export under the same filter has', async () => {
      expect(stored).to.have.length(EVENTS);
      await expectNoDifferences(async (question) => {
        const lines = (await exported(paramsOf(question))).map((event) => JSON.stringify(event));
        const { range, filter } = question;
        const should = stored
          .filter((event) => isWithin(event, range) && isMeant(event, filter))
          .map((event) => JSON.stringify(event));
        const [have, want] = [new Set(lines), new Set(should)];
        return [
          ...lines.filter((line) => !want.has(line)).map((line) => `exported, and not meant: ${line}`),
          ...should.filter((line) => !have.has(line)).map((line) => `meant, and not exported: ${line}`),
        ];
      });
    });

    it('are right in the overview, of an endpoint, and in comparisons', async () => {
      await expectNoDifferences((question) => overviewDifferences(ask, question));
      await expectNoDifferences((question) => summaryDifferences(ask, question, nameOf));
    });

    it('are right in the list of endpoints, by whatever it is ordered', async () => {
      await expectNoDifferences(async (question) => {
        const found = [];
        for (const sort of some(ENDPOINT_SORTS, 3)) {
          const search = pick(random, ['', '', 'R', ':id']);
          const threshold = pick(random, [20, 100, 500]);
          found.push(...(await endpointDifferences(ask, question, { sort, search, threshold, own })));
        }
        return found;
      });
    });

    it('are right in the view of errors', async () => {
      await expectNoDifferences((question) => errorDifferences(ask, question));
    });

    it('are right among the values that a filter can have', async () => {
      await expectNoDifferences(async (question) => {
        const found = [];
        for (const of of some(DIMENSIONS, 6))
          found.push(...(await valueDifferences(ask, question, of, pick(random, ['', '', '4', 'E']))));
        return found;
      });
    });

    it('are right in the view of latencies', async () => {
      await expectNoDifferences((question) =>
        latencyDifferences(ask, question, pick(random, [1, 50, 100, 333, 500, 2000])),
      );
      await expectNoDifferences((question) =>
        weekDifferences(
          ask,
          question,
          pick(random, ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata']),
        ),
      );
    });

    it('are right of endpoints that have their own threshold of Apdex', async () => {
      for (const [key, threshold] of own) {
        const [client_id, method, endpoint] = JSON.parse(key) as [string, string | null, string];
        const { range } = pick(random, questions);
        const question = questionOf(stored, range, filterOf({ client_id, method, endpoint }));
        expect(
          await latencyDifferences(ask, question, threshold, true),
          `seed ${seed}, ${key}`,
        ).to.deep.equal([]);
      }
    });

    it('are right of consumers, groups and clients', async () => {
      await expectNoDifferences(async (question) => {
        const found = [...(await clientDifferences(ask, question, pick(random, ['', '', '7', 'e'])))];
        for (const by of ['consumer', 'group', 'client'] as const) {
          const sort = pick(random, CONSUMER_SORTS);
          const search = pick(random, ['', '', 'R', '1']);
          found.push(...(await consumerDifferences(ask, question, { by, sort, search })));
        }
        return found;
      });
    });

    it('are right of metrics', async () => {
      await expectNoDifferences(async (question) => {
        const found = [...(await metricListDifferences(ask, question))];
        for (const metric of some([...metricNames(stored), 'nothing'], 4))
          found.push(...(await metricDifferences(ask, question, metric)));
        return found;
      });
    });

    it('are right of releases', async () => {
      await expectNoDifferences(({ range, filter }) =>
        releaseDifferences(ask, stored, range, filter['client_id']),
      );
    });

    it('are of requests that are listed, each once, in the order that is asked for', async () => {
      await expectNoDifferences(async (question) => {
        const found = [];
        for (const order of some(REQUEST_ORDERS, 2))
          found.push(...(await requestDifferences(ask, question, order, pick(random, [300, 1000]))));
        return found;
      });
    });
  });
}
