import type { DocumentChange, Documents, StoredDocument } from '../store/documents.ts';
import type { Payload } from './messages/payload.ts';
import type { RuleState } from './rules/evaluation.ts';

/** The kinds of documents that alerts are made of. */
const PREFIX = 'alert_';

/** A message on its way to one destination. Instants are milliseconds since the epoch. */
export interface OutboxItem {
  readonly payload: Payload;
  /** Id of its entry in the log. */
  readonly entry: string;
  /** Id, and the name that it had. */
  readonly destination: string;
  readonly destinationName: string;
  readonly createdAt: number;
  readonly attempts: number;
  /** Not before; while it is being sent, so long nobody else does. */
  readonly nextAt: number;
  readonly error?: string | undefined;
  /** Of several who are at the destination, marks of those who got it. */
  readonly reached?: readonly string[] | undefined;
}

/** A message that is on its way no more. */
export interface SentItem extends Pick<OutboxItem, 'entry' | 'destination' | 'destinationName' | 'attempts'> {
  readonly isDelivered: boolean;
  readonly at: number;
  /** Why it was given up; of one that was delivered, what was left out. */
  readonly error?: string | undefined;
}

/** Something that happened. */
export interface LogEntry {
  readonly at: number;
  readonly ruleId: string | null;
  readonly ruleName: string;
  readonly payload: Payload;
}

/** A destination as it is kept: sealed. */
export interface KeptDestination {
  readonly name: string;
  readonly sealed: string;
}

/** What is kept, by kind. Rules are kept as they are sent. */
interface Kinds {
  readonly rule: unknown;
  readonly destination: KeptDestination;
  readonly state: RuleState;
  readonly log: LogEntry;
  readonly outbox: OutboxItem;
  readonly sent: SentItem;
}

/** A kind of what is kept. */
export type DeskKind = keyof Kinds;

/** Something that is kept. */
export interface Kept<T> {
  readonly id: string;
  readonly version: number;
  readonly value: T;
}

/** What is kept of some kinds, each in the order in which it was made. */
export type Contents<K extends DeskKind> = { readonly [Kind in K]: readonly Kept<Kinds[Kind]>[] };

/** What becomes of something; see {@link DocumentChange}. */
export type DeskChange = {
  readonly [Kind in DeskKind]: {
    readonly kind: Kind;
    readonly id: string;
    readonly version: number;
    readonly value: Kinds[Kind] | undefined;
  };
}[DeskKind];

/** Documents of a store as what alerts are made of. */
export class Desk {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  async read<K extends DeskKind>(...kinds: readonly K[]): Promise<Contents<K>> {
    const found = await this.#documents.list(kinds.map((kind) => PREFIX + kind));
    const ofKind = (kind: K): readonly Kept<unknown>[] =>
      found.filter((each) => each.kind === PREFIX + kind).map(keptOf);
    // Each kind is written by the one method below.
    return Object.fromEntries(kinds.map((kind) => [kind, ofKind(kind)])) as unknown as Contents<K>;
  }

  /** All of them, or none where something is not of its version any more. @returns whether they were made */
  change(changes: readonly DeskChange[]): Promise<boolean> {
    return this.#documents.change(changes.map(toDocument));
  }
}

function keptOf({ id, version, content }: StoredDocument): Kept<unknown> {
  return { id, version, value: JSON.parse(content) as unknown };
}

function toDocument({ kind, id, version, value }: DeskChange): DocumentChange {
  return {
    kind: PREFIX + kind,
    id,
    version,
    content: value === undefined ? undefined : JSON.stringify(value),
  };
}
