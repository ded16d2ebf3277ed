import { readdirSync, readFileSync } from 'node:fs';

/** The processes that `pid` has started, as far as they live and it does, by Linux's /proc. */
export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

/** Signals a process and those that it has started. What has ended meanwhile is of no interest. */
export function signalFamily(pid: number, signal: NodeJS.Signals): void {
  // The parent first, so that it neither starts others nor hears of the end of its children.
  const stopped = childrenOf(pid);
  signalOne(pid, signal);
  for (const child of new Set([...stopped, ...childrenOf(pid)])) signalOne(child, signal);
}

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended.
  }
}

/** Whether a process lives; one that nobody has waited for does not. */
export function isAlive(pid: number): boolean {
  const state = statOf(String(pid))?.[0];
  return state !== undefined && state !== 'Z';
}

function parentOf(pid: string): number | undefined {
  const parent = statOf(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** State and parent of a process and more. */
function statOf(pid: string): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the command, in parentheses, may contain anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
