import type { Filter } from '../../filter/filter.ts';
import { nameParts } from '../../endpoint-text.ts';
import { PRESETS, nameOf } from '../../time-range.ts';
import { nameFrom, type SavedView } from '../../saved-views.ts';
import { parseState, type UrlState, type View } from '../../url-state.ts';

/** Somewhere to go. */
export interface Place {
  readonly kind: string;
  readonly name: string;
  readonly to: Partial<UrlState>;
}

/** Something to do with saved views. */
export interface SavingAction {
  readonly kind: 'Save this view' | 'Remove saved view';
  readonly name: string;
}

/** What is known of names beside those of the page itself. */
export interface KnownNames {
  readonly saved: readonly SavedView[];
  readonly views: readonly (readonly [View, string])[];
  readonly applications: readonly string[];
  readonly endpoints: readonly {
    readonly client_id: string;
    readonly method: string | null;
    readonly endpoint: string;
  }[];
  readonly metrics: readonly string[];
}

/** Most that are offered. */
const MAX_PLACES = 14;

/** The places whose names have a text, and what the text itself may be: a path, a client or a trace. */
export function placesFor(text: string, filter: Filter, known: KnownNames): readonly Place[] {
  const wanted = text.trim();
  const places: readonly Place[] = [
    ...known.saved.map(({ name, search }) => ({ kind: 'Saved view', name, to: parseState(search) })),
    ...known.views.map(([view, name]) => ({ kind: 'View', name, to: { view } })),
    ...known.endpoints.map(({ client_id: clientId, method, endpoint }) => ({
      kind: `Endpoint of ${clientId}`,
      name: `${method ?? ''} ${nameParts(endpoint).name}`.trim(),
      to: { view: 'endpoint' as const, clientId, filter: { ...(method !== null && { method }), endpoint } },
    })),
    ...known.applications.map((clientId) => ({
      kind: 'Application',
      name: clientId,
      to: { view: 'overview' as const, clientId },
    })),
    ...known.metrics.map((metric) => ({
      kind: 'Metric',
      name: metric,
      to: { view: 'metrics' as const, metric },
    })),
    ...PRESETS.map((preset) => ({
      kind: 'Range',
      name: `Last ${nameOf(preset)}`,
      to: { range: { preset } },
    })),
  ];
  const folded = wanted.toLowerCase();
  const named = places.filter(({ name }) => name.toLowerCase().includes(folded));
  return [...meantBy(wanted, filter), ...named].slice(0, MAX_PLACES);
}

/** A text that is written names the view that one looks at, and the saved view that has it whole may be removed. */
export function savingActions(text: string, saved: readonly SavedView[]): readonly SavingAction[] {
  const name = nameFrom(text);
  if (name === '') return [];
  const isSaved = saved.some((each) => each.name === name);
  return [
    { kind: 'Save this view', name },
    ...(isSaved ? [{ kind: 'Remove saved view' as const, name }] : []),
  ];
}

function meantBy(text: string, filter: Filter): readonly Place[] {
  const requests = (kind: string, change: Filter): Place => ({
    kind,
    name: text,
    to: { view: 'requests', filter: { ...filter, ...change } },
  });
  return [
    ...(/^[0-9a-f]{32}$/i.test(text) ? [requests('Trace', { trace_id: text.toLowerCase() })] : []),
    ...(/^(?=.*\d)[0-9a-f]{6,64}$/i.test(text)
      ? [requests('Client', { source_ip: text.toLowerCase() })]
      : []),
    ...(/^\/./.test(text) ? [requests('Path', { path: text })] : []),
    ...(/^[1-5](?:\d\d|xx)$/i.test(text) ? [requests('Status', { status: text.toLowerCase() })] : []),
  ];
}
