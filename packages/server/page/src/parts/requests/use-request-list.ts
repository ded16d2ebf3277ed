import { useEffect, useRef, useState } from 'preact/hooks';

import type { Events, StoredEvent } from '../../answers/events.ts';
import { getJson } from '../../api.ts';
import { usePage } from '../../page-context.ts';
import { apiUrl } from '../../query.ts';
import { useRead } from '../../hooks/use-read.ts';
import { useReport } from '../../hooks/use-report.ts';

const PAGE = 50;

/** Stored requests, and the way to those after them. */
interface RequestList {
  /** `undefined` until the first answer. */
  readonly events: readonly StoredEvent[] | undefined;
  readonly refused: string | undefined;
  /** Asks for the first page once more. */
  readonly again: () => void;
  /** Asks for the next page; `undefined` where there is none. */
  readonly more: (() => void) | undefined;
  readonly isLoading: boolean;
  /** Whether the last wish for more came to nothing. */
  readonly isFailed: boolean;
  /** Goes back to the first page, which is asked for again by itself; `undefined` while it is that. */
  readonly restart: (() => void) | undefined;
}

/**
 * The first requests under what is chosen. They stand still from the moment that one asks for more: otherwise there would be a gap
 * between a first page that moves and the ones after it.
 */
export function useRequestList(): RequestList {
  const { state, span } = usePage();
  const report = useReport();
  const { order, clientId, filter } = state;
  const [pages, setPages] = useState<readonly Events[]>();
  const [isLoading, setLoading] = useState(false);
  const [isFailed, setFailed] = useState(false);
  const controller = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const first = useRead<Events>('api/events', { order, limit: PAGE }, pages === undefined);
  const shown = pages ?? (first.value === undefined ? undefined : [first.value]);
  const cursor = shown?.at(-1)?.next ?? undefined;

  const load = async (before: readonly Events[]): Promise<void> => {
    controller.current = new AbortController();
    const range = { since: Math.round(span.since), until: Math.round(span.until) };
    const url = apiUrl('api/events', {
      ...filter,
      client_id: clientId,
      ...range,
      order,
      limit: PAGE,
      cursor,
    });
    setPages(before);
    setLoading(true);
    const result = await getJson<Events>(url, controller.current.signal);
    setLoading(false);
    setFailed(!result.ok);
    // Anything else is said beside the button, and not tried again by itself.
    if (!result.ok && result.failure.kind === 'signed_out') report(result.failure);
    if (result.ok) setPages([...before, result.value]);
  };
  return {
    events: shown?.flatMap(({ events }) => events),
    refused: first.refused,
    again: first.again,
    more:
      shown === undefined || cursor === undefined
        ? undefined
        : () => {
            if (!isLoading) load(shown).catch(() => undefined);
          },
    isLoading,
    isFailed,
    restart:
      pages === undefined
        ? undefined
        : () => {
            controller.current?.abort();
            setLoading(false);
            setFailed(false);
            setPages(undefined);
          },
  };
}
