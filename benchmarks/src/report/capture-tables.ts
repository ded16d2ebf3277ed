import { AGENT_TITLES, type Agent, type Framework } from '../application/names.ts';
import type { CapturedApplication, CaptureResults, CaptureRound } from '../capture/part.ts';
import { isVoid, ratioOf, spreadOf } from '../harness/statistics.ts';
import type { StartUp } from '../start-up/part.ts';
import type { Way } from '../start-up/names.ts';
import { addedBy } from './capture-targets.ts';
import { cell, number, spreadCell, table } from './markdown.ts';
import { addedToStart, millis } from './targets.ts';

const MEBI = 2 ** 20;

/** Memory and starts differ little by framework: one stands for all. */
const SHOWN: Framework = 'Express';

/** How a process with an agent is started, where starts were measured. */
const WAYS_OF_AGENTS: Readonly<Partial<Record<Agent, Way>>> = {
  bare: 'bare',
  'stand-alone': 'stand-alone',
  cerberus: 'register',
  otlp: 'auto-instrumentations',
};

/** The one table that says what it costs: medians of what each adds. */
export function costTable(results: CaptureResults): string {
  const { applications, startUp, perSecond } = results;
  const frameworks = applications.map(({ framework }) => framework);
  const shown = applications.find(({ framework }) => framework === SHOWN);
  const start = startUp.find(({ application }) => application === SHOWN) ?? startUp[0];
  const rate = `${number(perSecond, 0)}/s`;
  const rows = agentsIn(applications).map((agent) => [
    agent === 'bare' ? 'the application alone' : `+ ${AGENT_TITLES[agent]}`,
    ...applications.map((each) => median(each, agent, ({ saturatedMicros }) => saturatedMicros)),
    ...applications.map((each) => median(each, agent, ({ pacedMicros }) => pacedMicros)),
    shown === undefined ? '' : median(shown, agent, ({ rssBytes }) => rssBytes / MEBI, 0),
    start === undefined ? '' : startCell(start, agent),
  ]);
  return table(
    [
      'CPU µs/request',
      ...frameworks,
      ...frameworks.map((framework) => `${framework}, ${rate}`),
      `RSS MiB, ${SHOWN}`,
      `start ms, ${start?.application ?? ''}`,
    ],
    rows,
  );
}

/** Everything that was measured of each application, as it is, with what is added as a share of what OTLP adds. */
export function captureTable({ applications, perSecond }: CaptureResults): string {
  const rate = `${number(perSecond, 0)}/s`;
  return table(
    ['application', 'CPU µs/request', '÷ OTLP', `at ${rate}`, '÷ OTLP', 'GC µs/request', 'RSS MiB'],
    applications.flatMap((application) =>
      [...application.rounds].map(([agent, rounds]) => [
        `${application.framework}, ${AGENT_TITLES[agent]}`,
        cell(rounds.map(({ saturatedMicros }) => saturatedMicros)),
        share(application, agent, ({ saturatedMicros }) => saturatedMicros),
        cell(rounds.map(({ pacedMicros }) => pacedMicros)),
        share(application, agent, ({ pacedMicros }) => pacedMicros),
        cell(rounds.map(({ garbageMicros }) => garbageMicros)),
        cell(
          rounds.map(({ rssBytes }) => rssBytes / MEBI),
          0,
        ),
      ]),
    ),
  );
}

function agentsIn(applications: readonly CapturedApplication[]): readonly Agent[] {
  return [...new Set(applications.flatMap(({ rounds }) => [...rounds.keys()]))];
}

/** Of the application alone as it is, of an agent what it adds to that. */
function median(
  application: CapturedApplication,
  agent: Agent,
  of: (round: CaptureRound) => number,
  digits = 1,
): string {
  const values =
    agent === 'bare' ? (application.rounds.get('bare') ?? []).map(of) : addedBy(application, agent, of);
  return medianCell(values, digits);
}

function startCell(startUp: StartUp, agent: Agent): string {
  const way = WAYS_OF_AGENTS[agent];
  if (way === undefined) return '';
  const values =
    way === 'bare' ? (startUp.starts.get('bare') ?? []).map(millis) : addedToStart(startUp, way, millis);
  return medianCell(values, 0);
}

function medianCell(values: readonly number[], digits: number): string {
  if (values.length === 0) return '';
  const spread = spreadOf(values);
  return isVoid(spread) ? 'void' : number(spread.median, digits);
}

function share(application: CapturedApplication, agent: Agent, of: (round: CaptureRound) => number): string {
  if (agent === 'bare' || agent === 'otlp') return '';
  return spreadCell(ratioOf(addedBy(application, agent, of), addedBy(application, 'otlp', of)), 2);
}
