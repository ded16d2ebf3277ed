import type { EndpointRow } from '../../answers/endpoints.ts';

/** A line of the table of endpoints. */
export type TableRow =
  | {
      readonly kind: 'application';
      readonly clientId: string;
      readonly endpoints: number;
      readonly requests: number;
    }
  | { readonly kind: 'endpoint'; readonly row: EndpointRow };

/** Puts the endpoints of each application together, below a line with its name, in the order of their first ones; one needs no name. */
export function groupedRows(endpoints: readonly EndpointRow[]): readonly TableRow[] {
  const groups = new Map<string, EndpointRow[]>();
  for (const row of endpoints) {
    const group = groups.get(row.client_id);
    if (group === undefined) groups.set(row.client_id, [row]);
    else group.push(row);
  }
  return [...groups].flatMap(([clientId, rows]): TableRow[] => [
    ...(groups.size < 2 ? [] : [headingOf(clientId, rows)]),
    ...rows.map((row) => ({ kind: 'endpoint' as const, row })),
  ]);
}

function headingOf(clientId: string, rows: readonly EndpointRow[]): TableRow {
  const requests = rows.reduce((sum, row) => sum + row.requests, 0);
  return { kind: 'application', clientId, endpoints: rows.length, requests };
}
