import { expect } from 'chai';
import { pseudonym, secretKeyOf } from '../dist/esm/enrich/ip-hasher.js';
import { runChild } from './support/child.js';

const hashOf = (key: string, text: string): string => pseudonym(secretKeyOf(key), text);

interface Report {
  readonly distinct: boolean;
  readonly taken: boolean;
  readonly requests: Record<string, unknown>[][];
  readonly stats: Record<string, number>[];
}

async function run(setUp: string, helper: string): Promise<Report> {
  const { report } = await runChild('two-copies.js', {
    SET_UP: setUp,
    HELPER: helper,
    CERBERUS_WARNINGS: 'false',
  });
  return report as unknown as Report;
}

describe('the CommonJS and the ES module copy in one process', () => {
  for (const [setUp, helper] of [
    ['esm', 'cjs'],
    ['cjs', 'esm'],
  ] as const) {
    it(`find each other's requests (set up from ${setUp}, helpers from ${helper})`, async () => {
      const { distinct, taken, requests, stats } = await run(setUp, helper);
      expect([distinct, taken]).to.deep.equal([true, true]);
      expect(requests[0]).to.have.length(1);
      expect(requests[0]?.[0]).to.include({
        'cerberus.metric.n': 1,
        'cerberus.metric.child': 1,
        'cerberus.source_ip': hashOf('key-0', '203.0.113.77'),
        'cerberus.user_id': hashOf('key-0', 'alice'),
      });
      expect(stats[0]).to.include({ seen: 1, handedOver: 1, hookFailures: 0 });
    });
  }

  for (const setUp of ['esm,esm', 'esm,cjs', 'cjs,esm']) {
    it(`may both hand requests over, each with its own key (${setUp})`, async () => {
      const { requests, stats } = await run(setUp, 'esm');
      for (const index of [0, 1]) {
        expect(requests[index]).to.have.length(1);
        expect(requests[index]?.[0]).to.include({
          'cerberus.metric.n': 1,
          'cerberus.metric.child': 1,
          'cerberus.endpoint': '/served',
          'cerberus.source_ip': hashOf(`key-${index}`, '203.0.113.77'),
          'cerberus.user_id': hashOf(`key-${index}`, 'alice'),
        });
        expect(stats[index]).to.include({ seen: 1, handedOver: 1, hookFailures: 0 });
      }
    });
  }
});
