import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** The JSON lines that a child process prints, one after the other. */
export class JsonLines {
  readonly all: Record<string, unknown>[] = [];
  #waiting: (() => void)[] = [];
  #ended = false;

  constructor(child: ChildProcess) {
    if (child.stdout === null) throw new Error('the child has no stdout');
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      // A logger of OpenTelemetry writes there too.
      if (!line.startsWith('{')) return;
      this.all.push(JSON.parse(line) as Record<string, unknown>);
      this.#wake();
    });
    lines.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** The line with this index, once it is there. */
  async line(index: number, millis = 15_000): Promise<Record<string, unknown>> {
    const deadline = performance.now() + millis;
    for (;;) {
      const found = this.all[index];
      if (found !== undefined) return found;
      if (this.#ended || performance.now() > deadline) throw new Error(`line ${index} never came`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
