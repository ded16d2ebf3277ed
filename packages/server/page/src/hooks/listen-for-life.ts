/** How often somebody who is told of the next sign of life in so many milliseconds waits that long. */
const PATIENCE = 2.5;

/** Tells of a line that is silent for longer than whoever is at its other end said. */
export interface LifeListener {
  /** Something came. @param nextMillis - at the latest so long after it something comes again; as before by default */
  readonly heard: (nextMillis?: number) => void;
  readonly stop: () => void;
}

/** A browser takes a line that is dead for one on which nothing happens, however long. @param onSilent - is called once */
export function listenForLife(onSilent: () => void): LifeListener {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let millis: number | undefined;
  const stop = (): void => clearTimeout(timer);
  const heard = (nextMillis = millis): void => {
    stop();
    millis = nextMillis;
    if (millis !== undefined) timer = setTimeout(onSilent, millis * PATIENCE);
  };
  return { heard, stop };
}
