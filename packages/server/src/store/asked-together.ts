/** Answers several questions at once, each in its place. */
type AnswerAll<C, Q, A> = (context: C, questions: readonly Q[]) => Promise<readonly A[]>;

/** Runs a task when its turn comes; rejects without running it where no turn will come. */
type InTurn<C> = <T>(task: (context: C) => Promise<T>) => Promise<T>;

interface Asked<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Answers those together who ask before their turn comes, so that a thousand exporters that come back at once cost a few reads or
 * writes, and not a thousand.
 *
 * @typeParam C - what a turn gives, such as a connection
 */
export class AskedTogether<C, Q, A> {
  readonly #answerAll: AnswerAll<C, Q, A>;
  readonly #inTurn: InTurn<C>;
  readonly #most: number;
  #asked: Asked<Q, A>[] = [];

  /** @param most - questions that are answered in one turn */
  constructor(answerAll: AnswerAll<C, Q, A>, inTurn: InTurn<C>, most: number = Infinity) {
    this.#answerAll = answerAll;
    this.#inTurn = inTurn;
    this.#most = most;
  }

  ask(question: Q): Promise<A> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ question, resolve, reject });
      if (this.#asked.length === 1) void this.#answerNext();
    });
  }

  async #answerNext(): Promise<void> {
    let asked: readonly Asked<Q, A>[] = [];
    try {
      const answers = await this.#inTurn((context) => {
        // Who asks from here on is among those that are answered next.
        asked = this.#asked.splice(0, this.#most);
        if (this.#asked.length > 0) void this.#answerNext();
        return this.#answerAll(
          context,
          asked.map(({ question }) => question),
        );
      });
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index] as A);
    } catch (error) {
      for (const { reject } of asked.length > 0 ? asked : this.#asked.splice(0)) reject(error);
    }
  }
}
