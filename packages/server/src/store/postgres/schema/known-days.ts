import type { LastingConnection } from '../engine/lasting-connection.ts';
import { createPartitions } from './partitions.ts';

/** Days of arrival that a server knows to have partitions, so that it need not ask for each batch. */
export class KnownDays {
  readonly #days = new Set<number>();

  /** Makes what a day lacks, over a connection. @param day - since 1970-01-01 */
  async ensure(day: number, connection: LastingConnection): Promise<void> {
    if (this.#days.has(day)) return;
    await connection.use((client) => createPartitions(client, day));
    this.#days.add(day);
  }

  /** Somebody may have dropped the partitions of a day. */
  forget(): void {
    this.#days.clear();
  }
}
