import { useEffect, useState } from 'preact/hooks';

/** Whether the page is in sight. */
export function useSeen(): boolean {
  const [isSeen, setSeen] = useState(() => !document.hidden);
  useEffect(() => {
    const look = (): void => setSeen(!document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return isSeen;
}

/** Longer than somebody looks something up elsewhere. */
const LATELY_MILLIS = 60_000;

/** Whether the page is in sight, or was until a minute ago. */
export function useLatelySeen(): boolean {
  const isSeen = useSeen();
  const [isLate, setLate] = useState(isSeen);
  useEffect(() => {
    if (isSeen) return setLate(true);
    const timer = setTimeout(() => setLate(false), LATELY_MILLIS);
    return () => clearTimeout(timer);
  }, [isSeen]);
  return isSeen || isLate;
}
