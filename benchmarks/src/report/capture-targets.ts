import type { Agent, Framework } from '../application/names.ts';
import { ratioOfAdded } from '../capture/added.ts';
import type { CapturedApplication, CaptureResults, CaptureTurn } from '../capture/part.ts';
import { atMost, type Target } from './target.ts';
import { APPLICATION_LIMITS, standAloneStartTargets } from './targets.ts';

/** What of a turn is meant. */
export type Measure = (turn: CaptureTurn) => number;

const saturated: Measure = ({ saturatedMicros }) => saturatedMicros;
const paced: Measure = ({ pacedMicros }) => pacedMicros;

/** At most so much of what OpenTelemetry's instrumentation with BatchSpanProcessor and OTLP adds. */
const LIGHT: Readonly<Record<Framework, number>> = { 'node:http': 0.4, Express: 0.25, Fastify: 0.3 };
const STAND_ALONE: Readonly<Record<Framework, number>> = { 'node:http': 0.27, Express: 0.2, Fastify: 0.22 };
const STAND_ALONE_PACED = 0.2;

/** Ratios of what each way to capture requests adds to an application. */
export function captureTargets({ perSecond, applications, startUp }: CaptureResults): Target[] {
  return [
    ...applications.flatMap((application) => {
      const { framework } = application;
      const target = (agent: Agent, title: string, when: string, limit: number, of: Measure): Target =>
        atMost(
          `${framework}, ${when}: CPU per request added by ${title} ÷ by OpenTelemetry + OTLP`,
          limit,
          ratioOfAdded({
            bare: turnsOf(application, 'bare', of),
            subject: turnsOf(application, agent, of),
            reference: turnsOf(application, 'otlp', of),
          }),
        );
      return [
        target('stand-alone', 'Cerberus without an SDK', 'saturated', STAND_ALONE[framework], saturated),
        target('stand-alone', 'the same', `${perSecond} requests/s`, STAND_ALONE_PACED, paced),
        target('light', '`HttpServerInstrumentation` + Cerberus', 'saturated', LIGHT[framework], saturated),
        atMost(
          `${framework}, saturated: CPU per request added to OpenTelemetry by Cerberus ÷ by OTLP`,
          APPLICATION_LIMITS[framework],
          ratioOfAdded({
            bare: turnsOf(application, 'otel', saturated),
            subject: turnsOf(application, 'cerberus', saturated),
            reference: turnsOf(application, 'otlp', saturated),
          }),
        ),
      ];
    }),
    ...standAloneStartTargets(startUp),
  ];
}

/** One number of each turn that the application took with an agent. */
export function turnsOf({ turns }: CapturedApplication, agent: Agent, of: Measure): readonly number[] {
  return (turns.get(agent) ?? []).map(of);
}
