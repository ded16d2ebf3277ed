import { useEffect, useState } from 'preact/hooks';

import type { Endpoints } from './api-types.ts';
import { getJson } from './api.ts';

/** Asks for a list of endpoints, once for each address, whatever is chosen on the page. @returns the newest one; a refusal is none */
export function useEndpoints(url: string): Endpoints | undefined {
  const [value, setValue] = useState<Endpoints>();
  useEffect(() => {
    const controller = new AbortController();
    getJson<Endpoints>(url, controller.signal)
      .then((result) => result.ok && setValue(result.value))
      // Aborted.
      .catch(() => undefined);
    return () => controller.abort();
  }, [url]);
  return value;
}
