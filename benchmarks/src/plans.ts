import type { ApplicationPlan } from './application/part.ts';
import type { CapturePlan } from './capture/part.ts';
import type { ClusterPlan } from './cluster/part.ts';
import { EXPORTERS, type ExporterName } from './exporter/names.ts';
import type { ExporterPlan } from './exporter/part.ts';
import type { GrowthPlan } from './growth/part.ts';
import type { LifeCyclePlan } from './life-cycle/part.ts';
import type { OutagePlan } from './outage/part.ts';
import type { ServerPlan } from './server/part.ts';
import type { StartUpPlan } from './start-up/part.ts';

/** How much a run measures. */
export interface Plan {
  readonly rounds: number;
  readonly exporter: ExporterPlan;
  readonly lifeCycle: LifeCyclePlan;
  readonly application: ApplicationPlan;
  readonly growth: GrowthPlan;
  readonly server: ServerPlan;
  readonly outage: OutagePlan;
  readonly startUp: StartUpPlan;
  readonly cluster: ClusterPlan;
  readonly capture: CapturePlan;
}

const ALL_EXPORTERS = Object.keys(EXPORTERS) as ExporterName[];
const SHAPES = [0, 3, 10].flatMap((metrics) => [0, 20].map((children) => ({ metrics, children })));

/** 7 rounds of 56 batches are 200,704 spans for each exporter. */
export const FULL: Plan = {
  rounds: 7,
  exporter: { exporters: ALL_EXPORTERS, rounds: 7, batchesPerRound: 56, warmUpBatches: 112 },
  lifeCycle: { shapes: SHAPES, rounds: 21, requestsPerRound: 5_000 },
  application: {
    rounds: 7,
    seconds: 1,
    perSecond: 1_000,
    added: { rounds: 7, blocks: 20 },
  },
  growth: {
    rounds: 7,
    requestsPerRound: 10_000,
    rates: [100, 1_000, 5_000, 20_000],
    secondsPerRate: 1,
  },
  server: { rounds: 7, framesPerRound: 384 },
  outage: { seconds: 60, spansPerSecond: 5_000 },
  startUp: {
    applications: ['node:http', 'Express'],
    ways: ['bare', 'auto-instrumentations', 'register', 'stand-alone', 'with-code'],
    rounds: 21,
  },
  cluster: {
    rounds: 5,
    framesPerRound: 270,
    replicated: { rounds: 5, secondsPerRound: 10, promotions: 5 },
  },
  capture: {
    rounds: 3,
    turns: 8,
    saturatedMillis: 200,
    settleMillis: 200,
    pacedMillis: 400,
    perSecond: 1_000,
    warmUpMillis: 3_000,
    startUp: {
      applications: ['node:http', 'Express'],
      ways: ['bare', 'stand-alone', 'register', 'auto-instrumentations'],
      rounds: 9,
    },
  },
};

export const QUICK: Plan = {
  rounds: 7,
  exporter: { exporters: ALL_EXPORTERS, rounds: 7, batchesPerRound: 12, warmUpBatches: 48 },
  lifeCycle: {
    shapes: SHAPES.filter(({ metrics }) => metrics === 3),
    rounds: 15,
    requestsPerRound: 3_000,
  },
  application: { rounds: 1, seconds: 1, perSecond: 1_000, added: { rounds: 3, blocks: 4 } },
  growth: { rounds: 2, requestsPerRound: 4_000, rates: [100, 1_000, 5_000], secondsPerRate: 1 },
  server: { rounds: 2, framesPerRound: 384 },
  outage: { seconds: 10, spansPerSecond: 5_000 },
  startUp: {
    applications: ['Express'],
    ways: ['bare', 'auto-instrumentations', 'register', 'stand-alone'],
    rounds: 5,
  },
  cluster: {
    rounds: 2,
    framesPerRound: 180,
    replicated: { rounds: 2, secondsPerRound: 5, promotions: 2 },
  },
  capture: {
    rounds: 1,
    turns: 12,
    saturatedMillis: 200,
    settleMillis: 100,
    pacedMillis: 200,
    perSecond: 1_000,
    warmUpMillis: 1_000,
    startUp: { applications: ['node:http'], ways: ['bare', 'stand-alone', 'register'], rounds: 5 },
  },
};
