/** Reads the numbers of several producers at once. */
type ReadNumbers = (producers: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** Runs a task when its turn comes; rejects without running it where no turn will come. */
type InTurn = <T>(task: () => Promise<T>) => Promise<T>;

interface Asked {
  readonly producer: string;
  readonly resolve: (lastSeq: number) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Answers how far producers have come. Those that ask before their turn comes are answered together, so that a
 * thousand exporters that come back at once cost a few reads.
 */
export class SequenceLookup {
  readonly #read: ReadNumbers;
  readonly #inTurn: InTurn;
  #asked: Asked[] = [];

  constructor(read: ReadNumbers, inTurn: InTurn) {
    this.#read = read;
    this.#inTurn = inTurn;
  }

  lastSeq(producer: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ producer, resolve, reject });
      if (this.#asked.length === 1) void this.#answerAll();
    });
  }

  async #answerAll(): Promise<void> {
    let asked: readonly Asked[] = [];
    try {
      const numbers = await this.#inTurn(() => {
        asked = this.#asked;
        // Who asks from here on is the first of those that are answered next.
        this.#asked = [];
        return this.#read([...new Set(asked.map(({ producer }) => producer))]);
      });
      for (const { producer, resolve } of asked) resolve(numbers.get(producer) ?? 0);
    } catch (error) {
      for (const { reject } of asked.length > 0 ? asked : this.#asked.splice(0)) reject(error);
    }
  }
}
