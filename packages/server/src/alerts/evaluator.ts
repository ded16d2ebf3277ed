import { HOUR_MILLIS, MINUTE_MILLIS, SECOND_MILLIS } from '../durations.ts';
import type { Log } from '../log.ts';
import type { AlertCounts } from '../observe/alert-counts.ts';
import type { Analytics } from '../store/questions/analytics.ts';
import { failureReason } from '../store/failure-reason.ts';
import type { EventFilter } from '../store/filter/event-filter.ts';
import type { ParseFilter } from './alert-file.ts';
import type { AlertBook, KnownRule } from './book.ts';
import type { Desk, Kept } from './desk.ts';
import { newsChanges, newsOf, type News } from './happening.ts';
import { happeningOf, summaryPayload, transitionPayload } from './messages/payload.ts';
import type { PageLinks } from './messages/page-links.ts';
import { summaryOf } from './messages/summary.ts';
import {
  evaluate,
  isAhead,
  knownOf,
  NEW_STATE,
  type Reading,
  type RuleState,
  type Transition,
  watchedBy,
} from './rules/evaluation.ts';
import { measure } from './rules/measure.ts';
import type { Rule } from './rules/rule.ts';
import { nextRun } from './rules/schedule.ts';

/** Ends of windows are whole minutes. */
const STEP_MILLIS = MINUTE_MILLIS;

/** After a start, and after the database was away, exporters first have to send what they hold. */
const SETTLING_MILLIS = 60 * SECOND_MILLIS;

/** So seldom a rule is taken for one that a clock was set back of: servers whose clocks are far apart do not take turns. */
const SET_BACK_MILLIS = HOUR_MILLIS;

/** What evaluation needs. */
export interface EvaluatorContext {
  readonly desk: Desk;
  readonly book: AlertBook;
  readonly analytics: Analytics;
  readonly parseFilter: ParseFilter;
  readonly links: PageLinks;
  readonly counts: AlertCounts;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Looks whether rules hold. Of several servers on a database, one looks at each window of a rule: it claims it by a change of the rule's
 * state. What comes of it is kept together with the state and with the messages, so that none is made twice and none is lost.
 */
export class Evaluator {
  readonly #context: EvaluatorContext;
  /** Of rules that failed the last time, before which they are not looked at again. */
  readonly #failedUntil = new Map<string, number>();
  /** Of rules whose state was of a clock that is set back, when that was found. */
  readonly #setBackAt = new Map<string, number>();
  /** Ids of rules of which it was said that they cannot be read. */
  readonly #saidUnreadable = new Set<string>();
  #settledAt: number;
  #isFailing = false;

  constructor(context: EvaluatorContext) {
    this.#context = context;
    this.#settledAt = context.now() + SETTLING_MILLIS;
  }

  /** Looks at each rule whose next window is over. Never rejects. */
  async run(): Promise<void> {
    const { book, desk, counts, log, now } = this.#context;
    // The clock was set back: nobody waits until it is there again.
    if (this.#settledAt > now() + SETTLING_MILLIS) this.settle();
    try {
      const rules = await book.rules();
      this.#sayUnreadable(book.unreadable);
      const { state } = await desk.read('state');
      const states = new Map(state.map((each) => [each.id, each]));
      const firing = rules.flatMap(({ id }) => Object.keys(states.get(id)?.value.firing ?? {}));
      counts.firing = firing.length;
      if (this.#isFailing) log('info', 'alerts: rules are looked at again');
      this.#isFailing = false;
      if (now() < this.#settledAt) return;
      for (const known of rules) await this.#look(known, states.get(known.id));
    } catch (error) {
      if (!this.#isFailing) log('warn', `alerts: rules cannot be looked at: ${failureReason(error)}`);
      this.#isFailing = true;
      this.settle();
    }
  }

  /** Looks at nothing for a while, after it stood still: meanwhile nothing was received. */
  settle(): void {
    this.#settledAt = this.#context.now() + SETTLING_MILLIS;
  }

  /** What a rule would find in the newest window. */
  async preview(rule: Rule): Promise<readonly Reading[]> {
    const until = this.#untilOf(rule);
    return (await this.#measure(rule, NEW_STATE, until)).readings;
  }

  async #look(known: KnownRule, state: Kept<RuleState> | undefined): Promise<void> {
    const { counts, log, now } = this.#context;
    const { id, rule } = known;
    const wait = (this.#failedUntil.get(id) ?? 0) - now();
    if (wait > 0 && wait <= STEP_MILLIS) return;
    const wasAhead = state !== undefined && isAhead(rule, state.value, now());
    if (wasAhead && this.#isSetBackAgain(id)) return;
    try {
      const isDone =
        rule.measure === 'summary'
          ? await this.#summarise(known, state)
          : !rule.paused && (await this.#evaluate(known, state));
      if (!isDone) return;
      if (wasAhead) this.#setBackAt.set(id, now());
      counts.evaluations.done += 1;
      this.#failedUntil.delete(id);
    } catch (error) {
      counts.evaluations.failed += 1;
      if (!this.#failedUntil.has(id))
        log('warn', `alerts: the rule ${id} cannot be looked at: ${failureReason(error)}`);
      this.#failedUntil.set(id, now() + STEP_MILLIS);
    }
  }

  /** Somebody believes that what they are about is watched. */
  #sayUnreadable(ids: readonly string[]): void {
    const unsaid = ids.filter((id) => !this.#saidUnreadable.has(id));
    if (unsaid.length === 0) return;
    for (const id of unsaid) this.#saidUnreadable.add(id);
    const what = 'rules that this version of the server cannot read are not looked at';
    this.#context.log('warn', `alerts: ${what}: ${unsaid.join(', ')}`);
  }

  /** It was a moment ago, so what is ahead is the clock of another server. */
  #isSetBackAgain(id: string): boolean {
    const since = this.#context.now() - (this.#setBackAt.get(id) ?? -Infinity);
    return since >= 0 && since < SET_BACK_MILLIS;
  }

  async #evaluate({ id, rule }: KnownRule, kept: Kept<RuleState> | undefined): Promise<boolean> {
    const { desk, now } = this.#context;
    const until = this.#untilOf(rule);
    const state = watchedBy(rule, knownOf(rule, kept?.value, now()), this.#settledAt - SETTLING_MILLIS);
    const version = kept?.version ?? 0;
    if (state.claimedTo >= until) return false;
    const claimed = { ...state, claimedTo: until };
    if (!(await desk.change([{ kind: 'state', id, version, value: claimed }]))) return false;
    const { readings, known } = await this.#measure(rule, claimed, until);
    const { state: next, transitions } = evaluate(rule, claimed, readings, until);
    const news = await this.#newsOf({ id, rule }, transitions, until);
    const value = known === undefined ? next : { ...next, known };
    const changes = news.flatMap(newsChanges);
    return this.#keep(news, () =>
      desk.change([{ kind: 'state', id, version: version + 1, value }, ...changes]),
    );
  }

  /** When the schedule has come; once, if it has come several times. What comes while the rule is paused is not made up for. */
  async #summarise({ id, rule }: KnownRule, kept: Kept<RuleState> | undefined): Promise<boolean> {
    const { desk, analytics, links, now } = this.#context;
    const at = now();
    const version = kept?.version ?? 0;
    const state = knownOf(rule, kept?.value, at);
    const value = { ...state, claimedTo: at, evaluatedTo: at };
    const begin = (): Promise<boolean> => desk.change([{ kind: 'state', id, version, value }]);
    if (state.evaluatedTo === 0) return begin();
    const due = nextRun(rule.schedule ?? '', rule.time_zone, state.claimedTo);
    if (due === undefined || due > at) return false;
    if (rule.paused) return begin();
    const figures = await summaryOf(analytics, this.#filterOf(rule), at);
    const url = links.summary(rule, at);
    const news = newsOf({ ruleId: id, ruleName: rule.name, at }, await this.#destinationsOf(rule), (entry) =>
      summaryPayload(entry, { id, rule }, figures, at, url),
    );
    return this.#keep([news], () =>
      desk.change([{ kind: 'state', id, version, value }, ...newsChanges(news)]),
    );
  }

  async #newsOf(
    { id, rule }: Pick<KnownRule, 'id' | 'rule'>,
    transitions: readonly Transition[],
    until: number,
  ): Promise<readonly News[]> {
    // That a type of error is new no more is no news.
    const told = transitions.filter(({ to }) => to !== 'ended' || rule.measure !== 'new_error_type');
    if (told.length === 0) return [];
    const destinations = await this.#destinationsOf(rule);
    const window = { since: until - rule.window_minutes * MINUTE_MILLIS, until };
    const { links, now } = this.#context;
    const about = { ruleId: id, ruleName: rule.name, at: now() };
    return told.map((transition) =>
      newsOf(about, transition.to === 'ended' ? [] : destinations, (entry) =>
        transitionPayload(
          entry,
          { id, rule },
          transition,
          window,
          links.transition(rule, transition, window),
        ),
      ),
    );
  }

  async #keep(news: readonly News[], change: () => Promise<boolean>): Promise<boolean> {
    if (!(await change())) return false;
    const { happenings } = this.#context.counts;
    for (const { entry } of news) happenings[happeningOf(entry.payload)] += 1;
    return true;
  }

  /** Of one that is not known here, the log says what became of its message; another server may have it in its file. */
  async #destinationsOf({ destinations }: Rule): Promise<News['destinations']> {
    if (destinations.length === 0) return [];
    const known = new Map((await this.#context.book.destinations()).map(({ id, name }) => [id, name]));
    return [...new Set(destinations)].map((id) => ({ id, name: known.get(id) ?? id }));
  }

  #measure(rule: Rule, { known, firing }: RuleState, until: number): ReturnType<typeof measure> {
    const { analytics } = this.#context;
    const since = until - rule.window_minutes * MINUTE_MILLIS;
    return measure(rule, { analytics, filter: this.#filterOf(rule), since, until, known, firing });
  }

  #filterOf({ filter }: Rule): EventFilter {
    const parsed = this.#context.parseFilter(filter);
    // Rules with other filters are not in the book.
    if (typeof parsed === 'string') throw new TypeError(parsed);
    return parsed;
  }

  #untilOf({ delay_seconds: delay }: Rule): number {
    return Math.floor((this.#context.now() - delay * SECOND_MILLIS) / STEP_MILLIS) * STEP_MILLIS;
  }
}
