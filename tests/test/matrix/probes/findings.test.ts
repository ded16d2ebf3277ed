import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import { findings, type SentProbe } from './findings.js';
import { judge, type Framework, type Setting } from '../frameworks/framework.js';
import type { Probe } from './probe.js';

const SECRETS = { secretKey: 'k', clientId: 'app', scheme: false };

const PROBE: Probe = {
  name: 'GET',
  target: '/users/2',
  expected: {
    endpoint: '/users/2',
    method: 'GET',
    status: 200,
    latency: 3,
    outcome: 'completed',
    route: '/users/:id',
    metrics: { plan: 'pro' },
    optionalMetrics: { paying: true },
    address: '203.0.113.9',
  },
};
const SENT: SentProbe[] = [
  { probe: PROBE, traceId: 'a' },
  { probe: { ...PROBE, name: 'without a caller' }, traceId: undefined },
];
const EVENT = {
  client_id: 'app',
  source_ip: createHmac('sha256', 'k').update('203.0.113.9').digest('hex'),
  endpoint: '/users/2',
  scheme: false,
  method: 'GET',
  custom_data: { plan: 'pro', paying: true },
  status_code: 200,
  latency_ms: 3.5,
  route: '/users/:id',
  outcome: 'completed',
  trace_id: 'a',
};
const OTHER = { ...EVENT, trace_id: 'z', custom_data: { plan: 'pro' } };

/** What is found when the first event is changed. */
function changed(change: Readonly<Record<string, unknown>>): string[] {
  return findings(SENT, [{ ...EVENT, ...change }, OTHER], SECRETS).map(
    ({ aspect, probe, message }) => `${aspect}, ${probe}: ${message}`,
  );
}

describe('findings of a run', () => {
  it('are none when each request is one complete event', () => {
    expect(findings(SENT, [OTHER, EVENT], SECRETS)).to.deep.equal([]);
  });

  it('name an event that is missing, twice there, or of nobody', () => {
    const messages = (events: (typeof EVENT | typeof OTHER)[]): string[] =>
      findings(SENT, events, SECRETS).map(({ probe, message }) => `${probe}: ${message}`);
    expect(messages([OTHER])).to.deep.equal(['GET: 0 events']);
    expect(messages([EVENT, EVENT, OTHER])).to.deep.equal(['GET: 2 events']);
    expect(messages([EVENT, OTHER, { ...OTHER, trace_id: 'y' }])).to.deep.equal([
      'without a caller: 2 events',
    ]);
  });

  it('name each member that differs under its aspect', () => {
    expect(changed({ endpoint: '/' })).to.deep.equal(['event, GET: endpoint is "/", not "/users/2"']);
    expect(changed({ method: 'PUT' })).to.have.length(1);
    expect(changed({ status_code: 500 })).to.deep.equal(['event, GET: status_code is 500, not 200']);
    expect(changed({ latency_ms: 2 })).to.deep.equal(['event, GET: latency_ms is 2, not at least 3']);
    expect(changed({ scheme: true })).to.have.length(1);
    expect(changed({ client_id: 'b' })).to.have.length(1);
    expect(changed({ route: undefined })).to.deep.equal(['route, GET: route is undefined, not "/users/:id"']);
    expect(changed({ outcome: 'error' })).to.deep.equal([
      'outcome, GET: outcome is "error", not "completed"',
    ]);
    expect(changed({ source_ip: null })[0]).to.match(/^address, GET: /);
  });

  it('name metrics that are missing, wrong or too many, and let optional ones be', () => {
    expect(changed({ custom_data: { plan: 'pro' } })).to.deep.equal([]);
    for (const metrics of [{}, { plan: 'free' }, { plan: 'pro', more: 1 }]) {
      expect(changed({ custom_data: metrics })[0]).to.match(/^metrics, GET: /);
    }
  });

  it('name what leaked, in a known member or in one that should not be there', () => {
    expect(changed({ custom_data: { plan: 'pro', paying: 'canary-cookie' } })).to.deep.equal([
      'event, all: leaked canary',
    ]);
    expect(changed({ user_agent: 'curl' })).to.deep.equal(['event, all: leaked user_agent']);
  });
});

describe('judgement of a run', () => {
  const setting: Setting = {
    line: 'sdk-3',
    node: '20',
    modules: 'cjs',
    trustProxy: undefined,
    record: 'server',
    capture: 'light',
    patched: false,
  };
  const why = 'as it is';
  const framework = (gaps: Framework['gaps']): Framework => ({
    name: 'X',
    example: 'x',
    probes: () => [],
    gaps,
  });
  const found = [{ aspect: 'route', probe: 'GET', message: 'gone' }] as const;

  it('takes a finding without an explanation for a fault', () => {
    const other = framework([
      { aspect: 'route', probes: ['HEAD'], when: ({ modules }) => modules === 'esm', why },
    ]);
    expect(judge(other, setting, found)).to.deep.equal({ unexplained: found, confirmed: [], stale: [] });
  });

  it('takes one with an explanation for known', () => {
    const gap = { aspect: 'route', why } as const;
    expect(judge(framework([gap]), setting, found)).to.deep.equal({
      unexplained: [],
      confirmed: [gap],
      stale: [],
    });
  });

  it('takes an explanation of nothing for a fault, where it is said to apply', () => {
    const gap = { aspect: 'route', why, when: ({ line }: Setting) => line === 'sdk-3' } as const;
    expect(judge(framework([gap]), setting, []).stale).to.deep.equal([gap]);
    expect(judge(framework([gap]), { ...setting, line: 'sdk-2' }, []).stale).to.deep.equal([]);
  });

  it('does not apply an explanation to other captures, nor to a patch that mends it', () => {
    const ofOthers = { aspect: 'route', why, captures: ['standard', 'alone'] } as const;
    expect(judge(framework([ofOthers]), setting, found).unexplained).to.deep.equal(found);
    const mended = { aspect: 'route', why, captures: ['light'], unlessPatched: true } as const;
    expect(judge(framework([mended]), setting, found).confirmed).to.deep.equal([mended]);
    expect(judge(framework([mended]), { ...setting, patched: true }, found).unexplained).to.deep.equal(found);
  });
});
