import { suspicionsOf, type Suspicion } from './personal-data.ts';
import { remedyFor } from './remedies.ts';

interface Field {
  count: number;
  readonly types: Set<string>;
  readonly suspicions: Set<Suspicion>;
}

/** An application that makes up names of metrics must not fill the memory. */
const MAX_FIELDS = 1000;

/** Which fields events had, and what in them looks like personal data. */
export class AuditFindings {
  readonly #fields = new Map<string, Field>();
  #events = 0;

  get events(): number {
    return this.#events;
  }

  /** Fields that look like personal data, by name as it is fit for a terminal. */
  get suspicious(): readonly string[] {
    return [...this.#fields].filter(([, { suspicions }]) => suspicions.size > 0).map(([name]) => name);
  }

  add(event: object): void {
    this.#events += 1;
    this.#addMembers('', event);
  }

  /** Lines for a person to read. */
  summary(): readonly string[] {
    if (this.#events === 0) {
      return [
        'No event arrived. Was there a request? Does the application load Cerberus, in code or with',
        '--import @cerberus-otel/instrumentation/register? Is Cerberus on (CERBERUS_DISABLED, OTEL_SDK_DISABLED)? A `wsUrl`',
        'or `backendUrl` that is set in code wins over the variables that the audit sets: take it from there instead.',
      ];
    }
    const rows = [...this.#fields].map(([name, field]) => {
      const types = [...field.types].toSorted().join(' | ');
      const warning = field.suspicions.size === 0 ? '' : `  LOOKS LIKE ${[...field.suspicions].join(', ')}`;
      return `  ${name.padEnd(this.#widest)}  ${types}, in ${field.count}${warning}`;
    });
    const count = this.suspicious.length;
    const verdict =
      count === 0
        ? 'Nothing in them looks like an IP address, an e-mail address or a query string.'
        : `${count} field${count === 1 ? '' : 's'} with what looks like personal data: ${this.suspicious.join(', ')}`;
    const title = `${this.#events} event${this.#events === 1 ? '' : 's'}, with these fields:`;
    return [title, ...rows, verdict, ...this.#remedies()];
  }

  /** What helps, each said once. */
  #remedies(): readonly string[] {
    const fields = new Map<string, string[]>();
    for (const name of this.suspicious) {
      const remedy = remedyFor(name);
      if (remedy !== undefined) fields.set(remedy, [...(fields.get(remedy) ?? []), name]);
    }
    return [...fields].map(([remedy, names]) => `  ${names.join(', ')}: ${remedy}`);
  }

  get #widest(): number {
    return Math.min(40, Math.max(...[...this.#fields.keys()].map(({ length }) => length)));
  }

  #addMembers(prefix: string, members: object): void {
    for (const [name, value] of Object.entries(members)) {
      if (isRecord(value)) this.#addMembers(`${prefix}${fitForTerminal(name)}.`, value);
      else this.#addValue(`${prefix}${fitForTerminal(name)}`, name, value);
    }
  }

  #addValue(path: string, name: string, value: unknown): void {
    let field = this.#fields.get(path);
    if (field === undefined) {
      if (this.#fields.size >= MAX_FIELDS) return;
      field = { count: 0, types: new Set(), suspicions: new Set() };
      this.#fields.set(path, field);
    }
    field.count += 1;
    field.types.add(typeOf(value));
    for (const text of [name, ...textsOf(value)]) {
      for (const suspicion of suspicionsOf(text)) field.suspicions.add(suspicion);
    }
  }
}

/** An application names its metrics, perhaps after what a client wrote: escape sequences must not reach a terminal. */
function fitForTerminal(name: string): string {
  return JSON.stringify(name)
    .slice(1, -1)
    .replaceAll(/[\u007f-\u009f\u2028-\u202e]/g, '?');
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.flatMap((element: unknown) => textsOf(element)) : [];
}
