import type { EventFilter } from './filter/event-filter.ts';

/** The formats of an export. */
export const EXPORT_FORMATS = ['parquet', 'ndjson', 'csv'] as const;

/** A format of an export. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Which events to write, and how. */
export interface ExportQuery extends EventFilter {
  readonly format: ExportFormat;
}

/** Copies of what a store holds, each of one state of it, made while it works. */
export interface Archive {
  /** Writes events to a new file, in the order in which they were stored. */
  readonly export: (query: ExportQuery, path: string) => Promise<void>;
  /** Writes everything to a new file that a server can be started with; `undefined` for a database that has its own means. */
  readonly backup: ((path: string) => Promise<void>) | undefined;
  /** A new folder in which such a file may be made before it is sent, to be removed with it. */
  readonly newFolder: () => Promise<string>;
}
