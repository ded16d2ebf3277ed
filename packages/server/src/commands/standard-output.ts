import { messageOf, systemCodeOf } from '../errors.ts';

/**
 * Lets the process outlive whoever reads what it prints: an error of a stream that nobody listens to ends it in the middle of its work.
 *
 * @param isService - it is there to do something else than to print, and goes on
 */
export function outliveReaders(isService: boolean): void {
  const { stdout, stderr } = process;
  // There is nowhere left to say it.
  stderr.on('error', () => undefined);
  stdout.on('error', (error) => {
    // A reader that has seen enough, such as `head`, is no failure.
    if (isService || isReaderGone(error)) return;
    stderr.write(`cerberus-server: ${cannotBeWritten(error)}\n`);
    process.exitCode = 1;
  });
}

/** Prints, and waits until it is written. Rejects where it cannot be. */
export function printed(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Whether an error is of writing to it: {@link outliveReaders} has said what there is to say, and whether that is a failure. */
export function isOfStandardOutput(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'write';
}

function isReaderGone(error: unknown): boolean {
  return systemCodeOf(error) === 'EPIPE';
}

function cannotBeWritten(error: unknown): string {
  return `the standard output cannot be written: ${systemCodeOf(error) ?? messageOf(error)}`;
}
