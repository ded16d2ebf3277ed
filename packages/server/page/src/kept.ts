/** What this browser keeps for the page. One that keeps nothing, or has no room, takes nothing else from the page. */

/** A text that was kept; `undefined` where there is none. */
export function kept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** @returns whether it is kept */
export function keep(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
