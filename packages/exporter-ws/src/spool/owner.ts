/** Who owns a folder of a spool. The name of its lock file says it all, so that a rename changes the owner at once and whole. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

const { readFileSync, readlinkSync } = process.getBuiltinModule('node:fs');

/** A process on a host. */
export interface Owner {
  /** Of the host, its boot and the namespace of its process ids: only within one do equal ids mean the same process. */
  readonly host: string;
  readonly pid: number;
  /** When the process started, in ticks since the boot; 0 where that is not known. */
  readonly started: number;
}

const LOCK_PREFIX = 'owner-';
/** The name of the lock of a folder that its owner has left. */
export const RELEASED_LOCK: string = `${LOCK_PREFIX}nobody`;
const OWNED = /^owner-([0-9a-f]{16})-(\d{1,10})-(\d{1,16})-[0-9a-f-]{36}$/;
/** An owner on another host is gone when it has not touched its lock for so long. */
export const SILENCE_MILLIS = 60_000;

/** Whether a file is a lock. */
export function isLock(name: string): boolean {
  return name.startsWith(LOCK_PREFIX);
}

/**
 * The name of a lock.
 *
 * @param holder of whom there is one; a process may have several
 */
export function lockName({ host, pid, started }: Owner, holder: string): string {
  return `${LOCK_PREFIX}${host}-${pid}-${started}-${holder}`;
}

/** This process. */
export function thisProcess(): Owner {
  const boot = readText('/proc/sys/kernel/random/boot_id');
  const identity = [hostname(), boot, linkOf('/proc/self/ns/pid')].join('\n');
  return {
    host: createHash('sha256').update(identity).digest('hex').slice(0, 16),
    pid: process.pid,
    started: processOf(process.pid)?.started ?? 0,
  };
}

/**
 * Whether the owner that a lock names is gone.
 *
 * @param silentMillis since somebody touched the lock
 */
export function isGone(lock: string, silentMillis: number, self: Owner = thisProcess()): boolean {
  if (lock === RELEASED_LOCK) return true;
  const [, host, pid, started] = OWNED.exec(lock) ?? [];
  if (host !== self.host) return silentMillis > SILENCE_MILLIS;
  if (!exists(Number(pid))) return true;
  const process = processOf(Number(pid));
  // Not to be seen, though it exists: somebody else's.
  if (process === undefined) return false;
  return process.isDead || process.started !== Number(started);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What Linux says of a process (proc_pid_stat(5)); elsewhere nothing. */
function processOf(pid: number): { readonly started: number; readonly isDead: boolean } | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  // The second field is the name in brackets, which may have any character in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const started = Number(fields[19]);
  if (stat === '' || !Number.isSafeInteger(started)) return undefined;
  return { started, isDead: fields[0] === 'Z' || fields[0] === 'X' };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
