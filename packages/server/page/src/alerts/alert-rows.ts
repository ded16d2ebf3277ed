import type { AlertDestination, AlertEntry, AlertRule } from './alert-types.ts';

/** Rules for a spreadsheet: what is a list in them is a text. */
export function ruleRows(
  rules: readonly AlertRule[],
  destinations: readonly AlertDestination[],
): readonly object[] {
  const names = new Map(destinations.map(({ id, name }) => [id, name]));
  return rules.map((rule) => ({
    ...rule,
    destinations: rule.destinations.map((id) => names.get(id) ?? id).join('; '),
    firing: rule.firing.map(({ subject, since }) => `${subject ?? 'it'} since ${since}`).join('; '),
  }));
}

/** What happened, for a spreadsheet, with what became of the messages. */
export function entryRows(entries: readonly AlertEntry[]): readonly object[] {
  return entries.map(({ messages, ...entry }) => ({
    ...entry,
    messages: messages
      .map(({ destination, state, error }) => [destination, state, error].filter(Boolean).join(' '))
      .join('; '),
  }));
}
