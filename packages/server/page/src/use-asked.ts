import { useEffect, useState } from 'preact/hooks';

import { getJson } from './api.ts';

/** Asks once for each address, whatever is chosen on the page. @returns the newest answer; a refusal is none */
export function useAsked<T>(url: string): T | undefined {
  const [value, setValue] = useState<T>();
  useEffect(() => {
    const controller = new AbortController();
    getJson<T>(url, controller.signal)
      .then((result) => result.ok && setValue(result.value))
      // Aborted.
      .catch(() => undefined);
    return () => controller.abort();
  }, [url]);
  return value;
}
