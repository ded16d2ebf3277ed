import { useEffect, useState } from 'preact/hooks';

import { getJson, type ApiResult } from '../api.ts';
import { usePage } from '../page-context.ts';
import { whyNot, type Read } from '../read.ts';
import { useReport } from './use-report.ts';

/**
 * Asks a question, once for each address, whatever is chosen on the page. Where no server answered, it is asked again by itself; where one refused,
 * when the reader says so.
 */
export function useAnswer<T>(url: string, isWanted = true): Read<T> {
  const { retry } = usePage();
  const report = useReport();
  const [known, setKnown] = useState<{ readonly url: string; readonly result: ApiResult<T> }>();
  const [attempt, setAttempt] = useState(0);
  const result = known?.url === url ? known.result : undefined;
  const failure = result?.ok === false ? result.failure : undefined;
  const again = (): void => {
    setKnown(undefined);
    setAttempt((before) => before + 1);
  };
  useEffect(() => {
    if (!isWanted) return undefined;
    const controller = new AbortController();
    getJson<T>(url, controller.signal)
      .then((answer) => {
        setKnown({ url, result: answer });
        report(answer.ok ? undefined : answer.failure);
      })
      // Aborted.
      .catch(() => undefined);
    return () => controller.abort();
  }, [url, attempt, isWanted]);
  useEffect(() => {
    if (failure?.kind === 'unreachable') again();
  }, [retry]);
  return {
    value: result?.ok === true ? result.value : undefined,
    outdated: false,
    refused: whyNot(failure, false),
    again,
  };
}
