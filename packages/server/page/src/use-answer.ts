import { useEffect, useState } from 'preact/hooks';

import { getJson } from './api.ts';
import type { Read } from './use-read.ts';

/** Asks a question, once for each address, whatever is chosen on the page. A refusal is no answer. */
export function useAnswer<T>(url: string): Pick<Read<T>, 'value'> {
  const [value, setValue] = useState<T>();
  useEffect(() => {
    const controller = new AbortController();
    getJson<T>(url, controller.signal)
      .then((result) => result.ok && setValue(result.value))
      // Aborted.
      .catch(() => undefined);
    return () => controller.abort();
  }, [url]);
  return { value };
}
