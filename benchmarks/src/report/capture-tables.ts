import { AGENT_TITLES, type Agent, type Framework } from '../application/names.ts';
import { added, ratioOfAdded, spreadOfTurns } from '../capture/added.ts';
import type { CapturedApplication, CaptureResults } from '../capture/part.ts';
import { isVoid, spreadOf, type Spread } from '../harness/statistics.ts';
import type { StartUp } from '../start-up/part.ts';
import type { Way } from '../start-up/names.ts';
import { turnsOf, type Measure } from './capture-targets.ts';
import { number, spreadCell, table } from './markdown.ts';
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

/** The one table that says what it costs: what each typically adds. */
export function costTable(results: CaptureResults): string {
  const { applications, startUp, perSecond } = results;
  const frameworks = applications.map(({ framework }) => framework);
  const shown = applications.find(({ framework }) => framework === SHOWN);
  const start = startUp.find(({ application }) => application === SHOWN) ?? startUp[0];
  const rate = `${number(perSecond, 0)}/s`;
  const rows = agentsIn(applications).map((agent) => [
    agent === 'bare' ? 'the application alone' : `+ ${AGENT_TITLES[agent]}`,
    ...applications.map((each) => costCell(each, agent, ({ saturatedMicros }) => saturatedMicros)),
    ...applications.map((each) => costCell(each, agent, ({ pacedMicros }) => pacedMicros)),
    shown === undefined ? '' : costCell(shown, agent, ({ rssBytes }) => rssBytes / MEBI, 0),
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
      [...application.turns.keys()].map((agent) => [
        `${application.framework}, ${AGENT_TITLES[agent]}`,
        wholeCell(application, agent, ({ saturatedMicros }) => saturatedMicros),
        shareCell(application, agent, ({ saturatedMicros }) => saturatedMicros),
        wholeCell(application, agent, ({ pacedMicros }) => pacedMicros),
        shareCell(application, agent, ({ pacedMicros }) => pacedMicros),
        wholeCell(application, agent, ({ garbageMicros }) => garbageMicros),
        wholeCell(application, agent, ({ rssBytes }) => rssBytes / MEBI, 0),
      ]),
    ),
  );
}

function agentsIn(applications: readonly CapturedApplication[]): readonly Agent[] {
  return [...new Set(applications.flatMap(({ turns }) => [...turns.keys()]))];
}

/** Of the application alone as it is, of an agent what it adds to that. */
function costCell(application: CapturedApplication, agent: Agent, of: Measure, digits = 1): string {
  const subject = turnsOf(application, agent, of);
  if (subject.length === 0) return '';
  const bare = turnsOf(application, 'bare', of);
  return typicalCell(agent === 'bare' ? spreadOfTurns(bare) : added({ bare, subject }), digits);
}

function startCell(startUp: StartUp, agent: Agent): string {
  const way = WAYS_OF_AGENTS[agent];
  if (way === undefined) return '';
  const values =
    way === 'bare' ? (startUp.starts.get('bare') ?? []).map(millis) : addedToStart(startUp, way, millis);
  return values.length === 0 ? '' : typicalCell(spreadOf(values), 0);
}

function typicalCell(spread: Spread, digits: number): string {
  return isVoid(spread) ? 'void' : number(spread.median, digits);
}

function wholeCell(application: CapturedApplication, agent: Agent, of: Measure, digits = 1): string {
  return spreadCell(spreadOfTurns(turnsOf(application, agent, of)), digits);
}

function shareCell(application: CapturedApplication, agent: Agent, of: Measure): string {
  if (agent === 'bare' || agent === 'otlp') return '';
  const ratio = ratioOfAdded({
    bare: turnsOf(application, 'bare', of),
    subject: turnsOf(application, agent, of),
    reference: turnsOf(application, 'otlp', of),
  });
  return spreadCell(ratio, 2);
}
