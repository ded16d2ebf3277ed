import { decimal, duration } from '../format.ts';
import type { Filter, FilterName } from './filter.ts';

/** A part of a filter as people read it. */
export interface Chip {
  /** The parameters that go when it is removed. */
  readonly names: readonly FilterName[];
  readonly label: string;
  readonly value: string;
}

const TEXTS: Readonly<Partial<Record<FilterName, string>>> = {
  method: 'Method',
  endpoint: 'Endpoint',
  endpoint_contains: 'Endpoint with',
  path: 'Path',
  status: 'Status',
  outcome: 'Outcome',
  failed: 'Errors',
  error_type: 'Error type',
  source_ip: 'Client',
  user_id: 'User',
  session_id: 'Session',
  trace_id: 'Trace',
  synthetic: 'Bots and tests',
  release: 'Release',
  environment: 'Environment',
  consumer: 'Consumer',
  consumer_group: 'Group',
};

/** Maps, for a value may be called as what every object has. */
const WORDS: Readonly<Partial<Record<FilterName, ReadonlyMap<string, string>>>> = {
  outcome: new Map([['none', 'not known']]),
  error_type: new Map([['none', 'not given']]),
  failed: new Map([
    ['true', 'only'],
    ['false', 'left out'],
  ]),
  synthetic: new Map([
    ['bot', 'only bots'],
    ['test', 'only tests'],
    ['any', 'only'],
    ['none', 'left out'],
  ]),
};

/** Enough to tell pseudonyms and traces apart. */
const SHOWN_DIGITS = 10;
const IS_PSEUDONYM = /^[0-9a-f]{64}$/;
const MAX_CHARACTERS = 80;

/** The parts of a filter, always in the same order. */
export function chipsOf(filter: Filter): readonly Chip[] {
  const texts = Object.entries(TEXTS).flatMap(([key, label]) => {
    const name = key as FilterName;
    const value = filter[name];
    return value === undefined ? [] : [{ names: [name], label, value: valueText(name, value) }];
  });
  return [...texts, ...latencyChip(filter), ...metricChip(filter)];
}

/** The parts of a filter in words. */
export function chipTexts(filter: Filter): readonly string[] {
  return chipsOf(filter).map(({ label, value }) => `${label}: ${value}`);
}

function valueText(name: FilterName, value: string): string {
  if (name === 'source_ip' || name === 'trace_id' || IS_PSEUDONYM.test(value))
    return value.slice(0, SHOWN_DIGITS);
  return shortened(WORDS[name]?.get(value) ?? value);
}

function latencyChip({ latency_ms_min: from, latency_ms_max: to }: Filter): readonly Chip[] {
  const value = rangeText(from, to, duration);
  return value === undefined
    ? []
    : [{ names: ['latency_ms_min', 'latency_ms_max'], label: 'Latency', value }];
}

function metricChip({
  metric,
  metric_equals: equals,
  metric_min: from,
  metric_max: to,
}: Filter): readonly Chip[] {
  if (metric === undefined) return [];
  const range = rangeText(from, to, metricNumber);
  const parts = [equals === undefined ? undefined : `= ${shortened(equals)}`, range];
  const value = parts.filter((part) => part !== undefined).join(', ');
  return [
    {
      names: ['metric', 'metric_equals', 'metric_min', 'metric_max'],
      label: shortened(metric),
      value: value === '' ? 'is given' : value,
    },
  ];
}

/** What is chosen above zero begins at the least number that there is, which nobody has to read. */
function metricNumber(value: number): string {
  return decimal(value === Number.MIN_VALUE ? 0 : value);
}

function rangeText(
  from: string | undefined,
  to: string | undefined,
  format: (value: number) => string,
): string | undefined {
  if (from !== undefined && to !== undefined) return `${format(Number(from))} to ${format(Number(to))}`;
  if (from !== undefined) return `≥ ${format(Number(from))}`;
  return to === undefined ? undefined : `≤ ${format(Number(to))}`;
}

function shortened(text: string): string {
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}
