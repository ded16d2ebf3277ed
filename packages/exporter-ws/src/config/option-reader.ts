import { CerberusConfigError } from './config-error.ts';

/** Environment variables by name; `process.env` has this shape. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How one option is read: `parse` gets a value that is present, and throws `CerberusConfigError`. */
export interface OptionKind<T> {
  /** From code: whatever the caller passed. */
  parse(value: unknown, name: string): T;
  /** From the environment: a non-empty string. Turns it into what `parse` takes. */
  fromEnv(text: string, name: string): unknown;
  /** The default, in the option's unit. */
  readonly fallback: T;
}

export type OptionTable = Readonly<Record<string, OptionKind<unknown>>>;
export type Resolved<Table extends OptionTable> = {
  readonly [Name in keyof Table]: Table[Name] extends OptionKind<infer T> ? T : never;
};

const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/** `maxQueueEvents` → `CERBERUS_MAX_QUEUE_EVENTS`. */
export function environmentVariable(option: string): string {
  return `CERBERUS_${option.replaceAll(/([A-Z])/g, '_$1').toUpperCase()}`;
}

/** What the environment says of an option, without spaces around it; `undefined` where that is nothing. */
export function environmentText(option: string, env: Environment): string | undefined {
  return env[environmentVariable(option)]?.trim() || undefined;
}

/**
 * Reads every option of a table: `code ?? environment ?? default`. An empty variable counts as unset, as in
 * the OpenTelemetry specification.
 *
 * @throws CerberusConfigError for a value that breaks its rule and for an option that the table does not have
 */
export function readOptions<Table extends OptionTable>(
  table: Table,
  options: object,
  env: Environment,
): Resolved<Table> {
  refuseUnknown(options, Object.keys(table));
  const values = options as Record<string, unknown>;
  const resolved: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(table)) {
    resolved[name] = reading(name, () => {
      const value = values[name];
      if (value !== undefined) return kind.parse(value, name);
      const fromEnvironment = environmentText(name, env);
      return fromEnvironment === undefined
        ? kind.fallback
        : kind.parse(kind.fromEnv(fromEnvironment, name), name);
    });
  }
  return Object.freeze(resolved) as Resolved<Table>;
}

/**
 * Looks at the names of options only; one without a value is as good as absent.
 *
 * @throws CerberusConfigError for what is no object, and for a name that is not among `known`
 */
export function refuseUnknown(options: object, known: readonly string[]): void {
  const isObject = typeof options === 'object' && options !== null;
  const names = reading('options', () =>
    isObject && !Array.isArray(options) ? Object.keys(options) : undefined,
  );
  if (names === undefined)
    throw new CerberusConfigError('OPTION_INVALID', 'options', 'the options must be an object');
  for (const name of names) {
    if (known.includes(name)) continue;
    if (reading(name, () => (options as Record<string, unknown>)[name]) === undefined) continue;
    const meant = known.find((each) => each.toLowerCase() === name.toLowerCase());
    const hint = meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${meant}?`;
    throw new CerberusConfigError('OPTION_UNKNOWN', name, `unknown option ${excerpt(name)}; ${hint}`);
  }
}

/**
 * Reads what somebody else has given. A getter or a proxy may throw whatever it likes, which is not shown.
 *
 * @throws CerberusConfigError of `read`, or `OPTION_INVALID` for `name` where it throws anything else
 */
export function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CerberusConfigError) throw error;
    return invalid(name, 'a value that can be read');
  }
}

/** Fails with the rule that `name` broke. `got` must be safe to show. */
export function invalid(name: string, rule: string, got?: string): never {
  const suffix = got === undefined ? '' : ` (got ${got})`;
  throw new CerberusConfigError('OPTION_INVALID', name, `\`${name}\` must be ${rule}${suffix}`);
}

/** Fails because a required option is absent from code and environment. */
export function missing(name: string, hint: string): never {
  throw new CerberusConfigError(
    'OPTION_MISSING',
    name,
    `\`${name}\` is required: ${hint}, in code or as ${environmentVariable(name)}`,
  );
}

function excerpt(value: unknown): string {
  // Of an object nothing is asked: what it says of itself may throw.
  if (['object', 'function'].includes(typeof value)) return typeName(value);
  return JSON.stringify(String(value).slice(0, 60));
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** An integer of at least 1 and at most 2^31−1, which is also what a Node timer can wait for. */
export function positiveInteger(fallback: number, unit: string): OptionKind<number> {
  return integerFrom(1, fallback, unit);
}

/** An integer of at least `least` and at most 2^31−1. */
export function integerFrom(least: number, fallback: number, unit: string): OptionKind<number> {
  return {
    fallback,
    fromEnv: (value) => (/^\d+$/.test(value) ? Number(value) : value),
    parse(value, name) {
      const isInteger = typeof value === 'number' && Number.isInteger(value);
      if (isInteger && value >= least && value <= MAX_TIMER_MILLIS) return value;
      return invalid(name, `a whole number of ${unit} from ${least} to ${MAX_TIMER_MILLIS}`, excerpt(value));
    },
  };
}

const YES: ReadonlySet<string> = new Set(['true', '1', 'yes']);
const NO: ReadonlySet<string> = new Set(['false', '0', 'no']);

/** Whether a variable is on, in one of the words for it; for switches that nobody complains of. */
export function saysYes(value: string | undefined): boolean {
  return value !== undefined && YES.has(value.trim().toLowerCase());
}

/** Whether a variable is off; see `saysYes`. */
export function saysNo(value: string | undefined): boolean {
  return value !== undefined && NO.has(value.trim().toLowerCase());
}

/** A boolean; from the environment `true`, `1`, `yes` or `false`, `0`, `no`. */
export function flag(fallback: boolean): OptionKind<boolean> {
  return {
    fallback,
    fromEnv(value) {
      if (saysYes(value)) return true;
      return saysNo(value) ? false : value;
    },
    parse(value, name) {
      return typeof value === 'boolean' ? value : invalid(name, 'true or false', excerpt(value));
    },
  };
}

/** One of a closed set of lower-case words; in the environment in any case, as OpenTelemetry asks for its own. */
export function oneOf<const Words extends readonly string[]>(
  words: Words,
  fallback: Words[number],
): OptionKind<Words[number]> {
  return {
    fallback,
    fromEnv: (value) => value.toLowerCase(),
    parse(value, name) {
      const found = words.find((word) => word === value);
      return found ?? invalid(name, `one of ${words.join(', ')}`, excerpt(value));
    },
  };
}

/** A string that is not empty. Its value is never shown. */
export function text(): OptionKind<string | undefined> {
  return {
    fallback: undefined,
    fromEnv: (value) => value,
    parse(value, name) {
      if (typeof value === 'string' && value.trim() !== '') return value;
      return invalid(
        name,
        'a string that is not empty',
        typeof value === 'string' ? 'an empty one' : typeName(value),
      );
    },
  };
}

/** The elements of a comma-separated list, without spaces around them; empty ones, as behind a last comma, are left out. */
export function listOf(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
}

/** A list of non-empty strings; comma-separated in the environment. */
export function textList(): OptionKind<readonly string[] | undefined> {
  return {
    fallback: undefined,
    fromEnv: listOf,
    parse(value, name) {
      if (Array.isArray(value) && value.every((part) => typeof part === 'string' && part !== '')) {
        return Object.freeze([...value]) as readonly string[];
      }
      return invalid(name, 'a list of strings', typeName(value));
    },
  };
}

/** A list of lower-case words of a closed set, each once; comma-separated in the environment, in any case. */
export function wordList<const Words extends readonly string[]>(
  words: Words,
): OptionKind<readonly Words[number][]> {
  const isWord = (value: unknown): value is Words[number] => words.some((word) => word === value);
  return {
    fallback: [],
    fromEnv: (value) => listOf(value.toLowerCase()),
    parse(value, name) {
      if (Array.isArray(value) && value.every((part) => isWord(part)))
        return Object.freeze([...new Set(value)]);
      return invalid(name, `a list of these words: ${words.join(', ')}`);
    },
  };
}

/** Anything that `accepts`; cannot come from the environment. */
export function given<T>(rule: string, accepts: (value: unknown) => value is T): OptionKind<T | undefined> {
  return {
    fallback: undefined,
    fromEnv: (_value, name) => invalid(name, `${rule}, and can only be set in code`),
    parse: (value, name) => (accepts(value) ? value : invalid(name, rule, typeName(value))),
  };
}
