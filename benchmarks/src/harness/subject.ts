/** What a child process answers to, by name. */
export type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

/** A call from the parent. */
export interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

/** The answer to it. */
export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Makes this process one that its parent calls; it ends with its parent. */
export function answerCalls(handlers: Handlers): void {
  process.on('message', (call: Call) => void answer(handlers, call));
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches all processes of the terminal. This one has its parent's end to wait for, so that it can put things away.
  process.on('SIGINT', () => undefined);
  process.send?.({ id: 0 } satisfies Answer);
}

async function answer(handlers: Handlers, { id, name, argument }: Call): Promise<void> {
  try {
    const result = await handlers[name]?.(argument as never);
    process.send?.({ id, result } satisfies Answer);
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
