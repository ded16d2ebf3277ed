import { useEffect, useState } from 'preact/hooks';

/** Grows at an interval while the page can be seen, and when it comes into sight again. */
export function useTick(millis: number | undefined): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    if (millis === undefined) return undefined;
    const next = (): void => {
      if (!document.hidden) setTick((before) => before + 1);
    };
    const timer = setInterval(next, millis);
    document.addEventListener('visibilitychange', next);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', next);
    };
  }, [millis]);
  return tick;
}
