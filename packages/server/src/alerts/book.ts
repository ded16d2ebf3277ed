import { randomBytes } from 'node:crypto';

import { FILE_PREFIX, type AlertFile, type ParseFilter } from './alert-file.ts';
import { parseDestination, type Destination } from './delivery/destination.ts';
import type { Desk, Kept, KeptDestination } from './desk.ts';
import { newSecret } from './messages/signature.ts';
import { parseNewRule, parseRule } from './rules/checks.ts';
import { aboutOf, type Rule } from './rules/rule.ts';
import type { Seal } from './sealing.ts';

/** Most rules, and most destinations, that can be made. */
const MAX_RULES = 200;
const MAX_DESTINATIONS = 50;

/** So often a change is tried while something else of the rule changes. */
const MAX_TRIES = 3;

/** A rule that there is. */
export interface KnownRule {
  readonly id: string;
  readonly rule: Rule;
  readonly isFromFile: boolean;
}

/** A destination that there is. */
export interface KnownDestination {
  readonly id: string;
  readonly name: string;
  /** `undefined`: it was sealed with another token of the server. */
  readonly destination: Destination | undefined;
  readonly isFromFile: boolean;
}

/** Why something was not changed. */
export type Refusal =
  | { readonly kind: 'invalid' | 'full' | 'in_use'; readonly text: string }
  | { readonly kind: 'missing' | 'read_only' | 'conflict' };

/** What a book is made of. */
export interface BookContext {
  readonly desk: Desk;
  readonly seal: Seal;
  readonly file: AlertFile;
  readonly parseFilter: ParseFilter;
}

/** Rules and destinations: those of the file, which nobody changes, and those that were made. */
export class AlertBook {
  readonly #context: BookContext;
  #unreadable: readonly string[] = [];

  constructor(context: BookContext) {
    this.#context = context;
  }

  /** Ids of rules that could not be read when {@link rules} was asked last. */
  get unreadable(): readonly string[] {
    return this.#unreadable;
  }

  /** What a later version of the server has made, and this one cannot read, is left to it. */
  async rules(): Promise<readonly KnownRule[]> {
    const { desk, file } = this.#context;
    const unreadable: string[] = [];
    const made = (await desk.read('rule')).rule.flatMap(({ id, value }) => {
      const rule = this.#withFilter(parseRule(value));
      if (typeof rule === 'string') unreadable.push(id);
      return typeof rule === 'string' ? [] : [{ id, rule, isFromFile: false }];
    });
    this.#unreadable = unreadable;
    return [...[...file.rules].map(([id, rule]) => ({ id, rule, isFromFile: true })), ...made];
  }

  async destinations(): Promise<readonly KnownDestination[]> {
    const { desk, file } = this.#context;
    const made = (await desk.read('destination')).destination.map((kept) => ({
      id: kept.id,
      name: kept.value.name,
      destination: this.#open(kept),
      isFromFile: false,
    }));
    const ofFile = [...file.destinations].map(([id, destination]) => ({
      id,
      name: destination.name,
      destination,
      isFromFile: true,
    }));
    return [...ofFile, ...made];
  }

  /** @returns the id */
  async addRule(value: unknown): Promise<KnownRule | Refusal> {
    const rule = this.parse(value);
    if (typeof rule === 'string') return { kind: 'invalid', text: rule };
    const problem = await this.#destinationProblem(rule, []);
    if (problem !== undefined) return problem;
    const { rule: rules } = await this.#context.desk.read('rule');
    if (rules.length >= MAX_RULES)
      return { kind: 'full', text: `there are ${MAX_RULES} rules: remove one first` };
    const id = newId();
    await this.#context.desk.change([{ kind: 'rule', id, version: 0, value: rule }]);
    return { id, rule, isFromFile: false };
  }

  /** Of a rule that looks at something else from now on, nothing is known. It may go on sending to what is gone. */
  async changeRule(id: string, value: unknown): Promise<KnownRule | Refusal> {
    const rule = this.parse(value);
    if (typeof rule === 'string') return { kind: 'invalid', text: rule };
    return this.#tryAgain(async () => {
      const { rule: rules, state } = await this.#context.desk.read('rule', 'state');
      const before = rules.find((each) => each.id === id);
      if (before === undefined) return missing(id);
      const old = this.#withFilter(parseRule(before.value));
      const had = typeof old === 'object' ? old.destinations : [];
      const problem = await this.#destinationProblem(rule, had);
      if (problem !== undefined) return problem;
      const known = state.find((each) => each.id === id);
      const isSame = typeof old === 'object' && aboutOf(old) === aboutOf(rule);
      const isChanged = await this.#context.desk.change([
        { kind: 'rule', id, version: before.version, value: rule },
        ...(known === undefined || isSame ? [] : [{ kind: 'state' as const, ...known, value: undefined }]),
      ]);
      return isChanged ? { id, rule, isFromFile: false } : { kind: 'conflict' };
    });
  }

  async removeRule(id: string): Promise<Refusal | undefined> {
    return this.#tryAgain(async () => {
      const { rule: rules, state } = await this.#context.desk.read('rule', 'state');
      const before = rules.find((each) => each.id === id);
      if (before === undefined) return missing(id);
      const known = state.filter((each) => each.id === id);
      const isChanged = await this.#context.desk.change([
        { kind: 'rule', id, version: before.version, value: undefined },
        ...known.map(({ version }) => ({ kind: 'state' as const, id, version, value: undefined })),
      ]);
      return isChanged ? undefined : { kind: 'conflict' };
    });
  }

  /** @returns with the secret that was made up for it, if one was */
  async addDestination(value: unknown): Promise<(KnownDestination & { readonly secret?: string }) | Refusal> {
    const parsed = parseDestination(value);
    if (typeof parsed === 'string') return { kind: 'invalid', text: parsed };
    const { destination: kept } = await this.#context.desk.read('destination');
    if (kept.length >= MAX_DESTINATIONS)
      return { kind: 'full', text: `there are ${MAX_DESTINATIONS} destinations: remove one first` };
    const made = parsed.kind === 'webhook' && parsed.secret === undefined ? newSecret() : undefined;
    const destination = made === undefined ? parsed : { ...parsed, secret: made };
    const { name } = destination;
    const id = newId();
    const sealed = this.#context.seal.close(JSON.stringify(destination), id);
    await this.#context.desk.change([{ kind: 'destination', id, version: 0, value: { name, sealed } }]);
    const known = { id, name, destination, isFromFile: false };
    return made === undefined ? known : { ...known, secret: made };
  }

  /**
   * Members that are not given stay as they are, for nobody sees the secret ones: so the name can be changed without them. What kind it is
   * does not change.
   */
  async changeDestination(
    id: string,
    value: Readonly<Record<string, unknown>>,
  ): Promise<KnownDestination | Refusal> {
    const { destination: kept } = await this.#context.desk.read('destination');
    const before = kept.find((each) => each.id === id);
    if (before === undefined) return missing(id);
    const old = this.#open(before);
    if (old !== undefined && (value['kind'] ?? old.kind) !== old.kind)
      return { kind: 'invalid', text: `\`kind\` must stay ${old.kind}: make another destination` };
    const destination = parseDestination({ ...old, ...value });
    if (typeof destination === 'string') return { kind: 'invalid', text: destination };
    if (destination.kind === 'webhook' && destination.secret === undefined)
      return { kind: 'invalid', text: '`secret` must be given: the one that it had cannot be read' };
    const { name } = destination;
    const sealed = this.#context.seal.close(JSON.stringify(destination), id);
    const isChanged = await this.#context.desk.change([
      { kind: 'destination', id, version: before.version, value: { name, sealed } },
    ]);
    return isChanged ? { id, name, destination, isFromFile: false } : { kind: 'conflict' };
  }

  async removeDestination(id: string): Promise<Refusal | undefined> {
    const { destination: kept } = await this.#context.desk.read('destination');
    const before = kept.find((each) => each.id === id);
    if (before === undefined) return missing(id);
    const user = (await this.rules()).find(({ rule }) => rule.destinations.includes(id));
    if (user !== undefined) return { kind: 'in_use', text: `the rule "${user.rule.name}" sends to it` };
    const isChanged = await this.#context.desk.change([
      { kind: 'destination', id, version: before.version, value: undefined },
    ]);
    return isChanged ? undefined : { kind: 'conflict' };
  }

  /** Reads a rule that somebody wants, wherever it sends. @returns the rule that is broken, as text */
  parse(value: unknown): Rule | string {
    return this.#withFilter(parseNewRule(value));
  }

  #withFilter(rule: Rule | string): Rule | string {
    if (typeof rule === 'string') return rule;
    const filter = this.#context.parseFilter(rule.filter);
    return typeof filter === 'string' ? `\`filter\`: ${filter}` : rule;
  }

  /** @param had - where it has been sending, which may be gone */
  async #destinationProblem({ destinations }: Rule, had: readonly string[]): Promise<Refusal | undefined> {
    const known = new Set([...(await this.destinations()).map(({ id }) => id), ...had]);
    return destinations.every((id) => known.has(id))
      ? undefined
      : { kind: 'invalid', text: '`destinations` must be ids of destinations that there are' };
  }

  /** A server that looks at a rule just now changes its state, which is no reason to refuse a change of the rule. */
  async #tryAgain<T extends KnownRule | Refusal | undefined>(change: () => Promise<T>): Promise<T> {
    let result = await change();
    for (let tries = 1; tries < MAX_TRIES && isConflict(result); tries += 1) result = await change();
    return result;
  }

  #open({ id, value }: Kept<KeptDestination>): Destination | undefined {
    const text = this.#context.seal.open(value.sealed, id);
    const parsed = text === undefined ? undefined : parseDestination(JSON.parse(text));
    return typeof parsed === 'string' ? undefined : parsed;
  }
}

function isConflict(result: KnownRule | Refusal | undefined): boolean {
  return result !== undefined && 'kind' in result && result.kind === 'conflict';
}

function missing(id: string): Refusal {
  return { kind: id.startsWith(FILE_PREFIX) ? 'read_only' : 'missing' };
}

function newId(): string {
  return randomBytes(6).toString('hex');
}
