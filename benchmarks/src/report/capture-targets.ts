import type { Agent, Framework } from '../application/names.ts';
import type { CapturedApplication, CaptureResults, CaptureRound } from '../capture/part.ts';
import { ratioOf } from '../harness/statistics.ts';
import type { Target } from './target.ts';
import { atMost } from './target.ts';
import { applicationTargets, standAloneStartTargets } from './targets.ts';

type Measure = (round: CaptureRound) => number;

const saturated: Measure = ({ saturatedMicros }) => saturatedMicros;
const paced: Measure = ({ pacedMicros }) => pacedMicros;

/** At most so much of what OpenTelemetry's instrumentation with BatchSpanProcessor and OTLP adds. */
const LIGHT: Readonly<Record<Framework, number>> = { 'node:http': 0.4, Express: 0.25, Fastify: 0.3 };
const STAND_ALONE: Readonly<Record<Framework, number>> = { 'node:http': 0.27, Express: 0.2, Fastify: 0.22 };
const STAND_ALONE_PACED = 0.2;

/** Ratios of what each way to capture requests adds to an application. */
export function captureTargets({ perSecond, applications, added, startUp }: CaptureResults): Target[] {
  return [
    ...applications.flatMap((application) => {
      const target = (agent: Agent, title: string, when: string, limit: number, of: Measure): Target =>
        atMost(
          `${application.framework}, ${when}: CPU per request added by ${title} ÷ by OpenTelemetry + OTLP`,
          limit,
          ratioOf(addedBy(application, agent, of), addedBy(application, 'otlp', of)),
        );
      const { framework } = application;
      return [
        target('stand-alone', 'Cerberus without an SDK', 'saturated', STAND_ALONE[framework], saturated),
        target('stand-alone', 'the same', `${perSecond} requests/s`, STAND_ALONE_PACED, paced),
        target('light', '`HttpServerInstrumentation` + Cerberus', 'saturated', LIGHT[framework], saturated),
      ];
    }),
    ...applicationTargets(added),
    ...standAloneStartTargets(startUp),
  ];
}

/** What an agent adds to each round of the application alone. */
export function addedBy({ rounds }: CapturedApplication, agent: Agent, of: Measure): number[] {
  const bare = rounds.get('bare') ?? [];
  return (rounds.get(agent) ?? []).map((round, index) => of(round) - of(bare[index] ?? round));
}
