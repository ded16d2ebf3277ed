import type { DocumentChange, Documents, StoredDocument } from '../documents.ts';

/** Documents in the memory of the process. */
export class MemoryDocuments implements Documents {
  readonly #documents = new Map<string, StoredDocument>();

  list(kinds: readonly string[]): Promise<readonly StoredDocument[]> {
    return Promise.resolve([...this.#documents.values()].filter(({ kind }) => kinds.includes(kind)));
  }

  change(changes: readonly DocumentChange[]): Promise<boolean> {
    const isKnown = changes.every(
      (each) => (this.#documents.get(keyOf(each))?.version ?? 0) === each.version,
    );
    if (!isKnown) return Promise.resolve(false);
    for (const { kind, id, version, content } of changes) {
      const key = keyOf({ kind, id });
      if (content === undefined) this.#documents.delete(key);
      else this.#documents.set(key, { kind, id, version: version + 1, content });
    }
    return Promise.resolve(true);
  }
}

function keyOf({ kind, id }: Pick<StoredDocument, 'kind' | 'id'>): string {
  return JSON.stringify([kind, id]);
}
