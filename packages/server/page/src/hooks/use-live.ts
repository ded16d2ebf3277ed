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
import { listenForLife } from './listen-for-life.ts';
import { useReport } from './use-report.ts';
import { useLatelySeen } from './use-seen.ts';

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
/** After an answer that was no stream: of a proxy while the server starts, or of a server that has enough readers and wants as long. */
const RETRY_MILLIS = 10_000;

/**
 * The newest events, then those that are stored while one looks. They are shown once per frame at most, however many
 * arrive. A connection that was lost, or on which nothing comes any more, begins with what is stored again, for something may have been missed. Connected it is when both are there.
 */
export function useLive(): Live {
  const { state } = usePage();
  const report = useReport();
  const isSeen = useLatelySeen();
  const [list, setList] = useState(EMPTY_LIST);
  const [isConnected, setConnected] = useState(false);
  const [isPaused, setPaused] = useState(false);
  const [refused, setRefused] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  const paused = useRef(isPaused);
  paused.current = isPaused;
  /** What is shown is of. */
  const loaded = useRef<string | undefined>(undefined);
  const lastKey = useRef(0);
  const { clientId, filter } = state;
  const scope = JSON.stringify({ client_id: clientId, ...filter });

  useEffect(() => {
    // A browser has six connections to a server: those that nobody looks at are missing where somebody does.
    if (!isSeen) return undefined;
    // What was chosen before is none of this.
    if (loaded.current !== scope) setList(EMPTY_LIST);
    const controller = new AbortController();
    let retrying: ReturnType<typeof setTimeout> | undefined;
    const source = new EventSource(apiUrl('api/live', { client_id: clientId, ...filter }));
    const arrived: LiveEvent[] = [];
    /** Those that fell off its end: no frame is drawn where nobody looks. */
    let fallen = 0;
    let isLoading = false;
    let frame: number | undefined;
    const keyed = (event: StoredEvent): LiveEvent => ({ event, key: (lastKey.current += 1) });
    const show = (): void => {
      frame = undefined;
      const [taken, lost] = [arrived.splice(0), fallen];
      fallen = 0;
      setList((before) => withEvents(before, taken, paused.current, lost));
    };
    const load = async (): Promise<boolean> => {
      isLoading = true;
      const url = apiUrl('api/events', { client_id: clientId, ...filter, limit: INITIAL });
      const result = await getJson<Events>(url, controller.signal);
      isLoading = false;
      const why = result.ok ? undefined : result.failure;
      report(why);
      setRefused(why?.kind === 'refused' ? why.message : undefined);
      if (!result.ok) return false;
      // What arrived meanwhile may be among them or not.
      const stored = result.value.events.toReversed().map(keyed).toReversed();
      const fresh = without(stored, arrived.splice(0));
      const isStanding = paused.current && loaded.current === scope;
      loaded.current = scope;
      setList((before) => withEvents(reloaded(before, stored, isStanding), fresh, isStanding));
      return true;
    };
    source.addEventListener('open', () => {
      load()
        .catch(() => undefined)
        .finally(() => {
          if (!controller.signal.aborted) setConnected(source.readyState === EventSource.OPEN);
        });
    });
    source.addEventListener('error', () => {
      life.stop();
      setConnected(false);
      // It tells nothing of why; a request does. Nothing comes by itself any more after an answer that was no stream.
      if (source.readyState !== EventSource.CLOSED) return;
      retrying = setTimeout(() => setAttempt(attempt + 1), RETRY_MILLIS);
      load()
        .then((isLoaded) => {
          if (isLoaded) setRefused('the server refused to send what is stored from now on');
        })
        .catch(() => undefined);
    });
    const life = listenForLife(() => setAttempt(attempt + 1));
    source.addEventListener('alive', ({ data }: MessageEvent<string>) => {
      const { again_millis: millis } = JSON.parse(data) as { again_millis: number };
      life.heard(millis);
    });
    source.addEventListener('request', ({ data }: MessageEvent<string>) => {
      life.heard();
      arrived.push(keyed(JSON.parse(data) as StoredEvent));
      if (arrived.length > MAX_KEPT) {
        arrived.shift();
        fallen += 1;
      }
      if (!isLoading) frame ??= requestAnimationFrame(show);
    });
    source.addEventListener('dropped', ({ data }: MessageEvent<string>) => {
      const { count } = JSON.parse(data) as { count: number };
      setList((before) => ({ ...before, missed: before.missed + count }));
    });
    return () => {
      controller.abort();
      source.close();
      life.stop();
      clearTimeout(retrying);
      setConnected(false);
      if (frame !== undefined) cancelAnimationFrame(frame);
    };
  }, [scope, attempt, isSeen]);

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
