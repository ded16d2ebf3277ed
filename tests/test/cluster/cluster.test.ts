// Several servers on one PostgreSQL database, each fault once, judged from outside. `npm run soak -- --cluster` goes on for hours.
import { expect } from 'chai';
import { requiredBinaries } from '../../../packages/server/test-dist/support/databases/postgres.js';
import { Cluster } from './cluster.js';
import { endure } from './fault.js';
import { allFaults } from './faults/all.js';

const COURSE = { eventsPerSecond: 1_000, calmMillis: 1_000 };
const CROWD = 300;
/** Processes that end with this one, and networks, are had from Linux. */
const binaries = process.platform === 'linux' ? requiredBinaries() : undefined;

(binaries === undefined ? describe.skip : describe)('a cluster of three servers', function () {
  this.timeout(240_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await Cluster.start(binaries ?? '');
  });

  after(() => cluster?.close());

  for (const [index, fault] of allFaults(CROWD).entries()) {
    it(`stores once what exporters send, and every server says so, when ${fault.name}`, async function () {
      const occurrence = fault.at(cluster, () => (index % 3) / 3);
      if (occurrence.impossible !== undefined) {
        if (process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true') throw new Error(occurrence.impossible);
        this.skip();
      }
      const verdict = await endure(cluster, { ...occurrence, millis: fault.millis }, COURSE);
      expect(verdict).to.include({ missing: 0, doubled: 0, foreign: 0 });
      expect(verdict.stored).to.equal(verdict.accepted);
      expect(verdict.wrong).to.deep.equal([]);
    });
  }
});
