import { useEffect, useRef, useState } from 'preact/hooks';

import type { Events, StoredEvent } from '../answers/events.ts';
import { getJson } from '../api.ts';
import {
  EMPTY_LIST,
  MAX_KEPT,
  reloaded,
  resumed,
  withEvents,
  without,
  type LiveEvent,
  type LiveList,
} from '../live-list.ts';
import { usePage } from '../page-context.ts';
import { apiUrl } from '../query.ts';

/** The live list and how it is doing. */
export interface Live {
  readonly list: LiveList;
  readonly isConnected: boolean;
  readonly isPaused: boolean;
  /** The server's own words when it refused what is stored already. */
  readonly refused: string | undefined;
  /** Asks for that once more. */
  readonly again: () => void;
  readonly setPaused: (paused: boolean) => void;
}

const INITIAL = 100;

/**
 * The newest events, then those that are stored while one looks. They are shown once per frame at most, however many
 * arrive. A connection that was lost begins with what is stored again, for something may have been missed. Connected it is when both are there.
 */
export function useLive(): Live {
  const { state, report } = usePage();
  const [list, setList] = useState(EMPTY_LIST);
  const [isConnected, setConnected] = useState(false);
  const [isPaused, setPaused] = useState(false);
  const [refused, setRefused] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  const paused = useRef(isPaused);
  paused.current = isPaused;
  const { clientId, filter } = state;
  const scope = JSON.stringify({ client_id: clientId, ...filter });

  useEffect(() => {
    const controller = new AbortController();
    const source = new EventSource(apiUrl('api/live', { client_id: clientId, ...filter }));
    const arrived: LiveEvent[] = [];
    let isLoading = false;
    let hasLoaded = false;
    let key = 0;
    let frame: number | undefined;
    const keyed = (event: StoredEvent): LiveEvent => ({ event, key: (key += 1) });
    const show = (): void => {
      frame = undefined;
      const taken = arrived.splice(0);
      setList((before) => withEvents(before, taken, paused.current));
    };
    const load = async (): Promise<void> => {
      isLoading = true;
      const url = apiUrl('api/events', { client_id: clientId, ...filter, limit: INITIAL });
      const result = await getJson<Events>(url, controller.signal);
      isLoading = false;
      const why = result.ok ? undefined : result.failure;
      report(why);
      setRefused(why?.kind === 'refused' ? why.message : undefined);
      if (!result.ok) return;
      // What arrived meanwhile may be among them or not.
      const stored = result.value.events.toReversed().map(keyed).toReversed();
      const fresh = without(stored, arrived.splice(0));
      const isStanding = paused.current && hasLoaded;
      hasLoaded = true;
      setList((before) => withEvents(reloaded(before, stored, isStanding), fresh, isStanding));
    };
    source.addEventListener('open', () => {
      load()
        .catch(() => undefined)
        .finally(() => {
          if (!controller.signal.aborted) setConnected(source.readyState === EventSource.OPEN);
        });
    });
    source.addEventListener('error', () => {
      setConnected(false);
      // It tells nothing of why; a request does. Nothing comes by itself any more after an answer that was no stream.
      if (source.readyState !== EventSource.CLOSED) return;
      load()
        .then(() => setRefused((before) => before ?? 'the server refused to send what is stored from now on'))
        .catch(() => undefined);
    });
    source.addEventListener('request', ({ data }: MessageEvent<string>) => {
      arrived.push(keyed(JSON.parse(data) as StoredEvent));
      if (arrived.length > MAX_KEPT) arrived.shift();
      if (!isLoading) frame ??= requestAnimationFrame(show);
    });
    source.addEventListener('dropped', ({ data }: MessageEvent<string>) => {
      const { count } = JSON.parse(data) as { count: number };
      setList((before) => ({ ...before, missed: before.missed + count }));
    });
    return () => {
      controller.abort();
      source.close();
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [scope, attempt]);

  return {
    list,
    isConnected,
    isPaused,
    refused,
    again: () => {
      setRefused(undefined);
      setAttempt(attempt + 1);
    },
    setPaused: (next) => {
      setPaused(next);
      if (!next) setList(resumed);
    },
  };
}
