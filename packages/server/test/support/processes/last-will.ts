import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** What ends a command that hangs, so that it is not left behind itself. */
const LIMIT_SECONDS = 60;

/** A line on its third descriptor revokes the will; its end, which comes with that of this process whatever the reason, executes it. */
const KEEPER = `( read -r line <&3 || timeout ${LIMIT_SECONDS} sh -c "$1" ) &`;

/**
 * Has a shell command executed when this process has ended, also by `kill -9`, unless it is revoked before: for what the system
 * does not take back by itself, such as daemons, mounts, network namespaces and folders.
 *
 * @returns revokes it
 */
export function lastWill(command: string): () => void {
  const { stdio } = spawn('sh', ['-c', KEEPER, 'sh', command], {
    detached: true,
    cwd: '/',
    // Not its input, which is closed as soon as the first shell has ended.
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const line = stdio[3] as Socket;
  // The keeper may have been ended by hand.
  line.on('error', () => undefined);
  line.unref();
  return () => void line.end('revoked\n');
}
