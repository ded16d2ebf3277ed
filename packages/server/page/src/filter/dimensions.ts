import type { FilterName } from './filter.ts';

/** Something to fill in or to choose. */
export interface Field {
  readonly name: FilterName;
  readonly label: string;
  /** What it may be, each with its name; without these it is typed. */
  readonly options?: readonly (readonly [value: string, name: string])[];
  /** An example. */
  readonly hint?: string;
  /** Where to ask which ones there are. */
  readonly known?: 'values' | 'metrics';
}

/** Something that requests can be told apart by. */
export interface Dimension {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** The menu of the filter, in its order. */
export const DIMENSIONS: readonly Dimension[] = [
  {
    name: 'Latency',
    fields: [
      { name: 'latency_ms_min', label: 'At least, ms', hint: '1000' },
      { name: 'latency_ms_max', label: 'At most, ms' },
    ],
  },
  {
    name: 'Status',
    fields: [{ name: 'status', label: 'Code, class or none', hint: '404, 5xx, none', known: 'values' }],
  },
  {
    name: 'Errors',
    fields: [
      {
        name: 'failed',
        label: 'Errors',
        options: [
          ['true', 'Only errors'],
          ['false', 'No errors'],
        ],
      },
    ],
  },
  {
    name: 'Outcome',
    fields: [
      {
        name: 'outcome',
        label: 'Outcome',
        options: [
          ['completed', 'Completed'],
          ['aborted', 'Aborted'],
          ['error', 'Error'],
          ['none', 'Not known'],
        ],
      },
    ],
  },
  {
    name: 'Error type',
    fields: [{ name: 'error_type', label: 'Whole name, or none', hint: 'TypeError', known: 'values' }],
  },
  { name: 'Method', fields: [{ name: 'method', label: 'Method', hint: 'POST', known: 'values' }] },
  {
    name: 'Endpoint',
    fields: [{ name: 'endpoint', label: 'Route, or path without one', hint: '/users/:id', known: 'values' }],
  },
  { name: 'Part of an endpoint', fields: [{ name: 'endpoint_contains', label: 'Has in it', hint: 'users' }] },
  { name: 'Path', fields: [{ name: 'path', label: 'Path', hint: '/users/7', known: 'values' }] },
  {
    name: 'Metric',
    fields: [
      { name: 'metric', label: 'Name', hint: 'plan', known: 'metrics' },
      { name: 'metric_equals', label: 'Is' },
      { name: 'metric_min', label: 'At least' },
      { name: 'metric_max', label: 'At most' },
    ],
  },
  {
    name: 'Client',
    fields: [{ name: 'source_ip', label: 'First hex digits', hint: '3fa9c1', known: 'values' }],
  },
  { name: 'User', fields: [{ name: 'user_id', label: 'Whole id', known: 'values' }] },
  { name: 'Session', fields: [{ name: 'session_id', label: 'Whole id', known: 'values' }] },
  { name: 'Trace', fields: [{ name: 'trace_id', label: '32 hex digits' }] },
  { name: 'Consumer', fields: [{ name: 'consumer', label: 'Whole pseudonym', known: 'values' }] },
  {
    name: 'Group of consumers',
    fields: [{ name: 'consumer_group', label: 'Whole name', hint: 'pro', known: 'values' }],
  },
  { name: 'Release', fields: [{ name: 'release', label: 'Whole version', hint: '1.4.2', known: 'values' }] },
  {
    name: 'Environment',
    fields: [{ name: 'environment', label: 'Whole name', hint: 'production', known: 'values' }],
  },
  {
    name: 'Bots and tests',
    fields: [
      {
        name: 'synthetic',
        label: 'Bots and tests',
        options: [
          ['none', 'Leave out'],
          ['any', 'Only these'],
          ['bot', 'Only bots'],
          ['test', 'Only tests'],
        ],
      },
    ],
  },
];
