import type { RequestRecord } from '../capture/request-record.ts';
import type { Identity } from '../enrich/identity.ts';
import type { SecretKeySource } from '../key/secret-key-source.ts';
import type { HookFailures } from '../observe/hook-failures.ts';
import type { SdkSpan } from '../sdk/sdk-types.ts';

/** What handing over works with. */
export interface HandOverParts {
  readonly identity: Identity;
  readonly keys: SecretKeySource;
  readonly failures: HookFailures;
  /** Whether nobody else sees the spans. Asked again and again, for who looks at them may change. */
  readonly isAlone: () => boolean;
}

/** The way to an exporter. Nothing of it throws. */
export interface Outlet {
  /** Requests that the exporter accepted. */
  readonly accepted: number;
  /** Requests that it did not accept. */
  readonly refused: number;
  /** Requests that wait for others. */
  readonly waiting: number;
  /** Requests that may do so. */
  readonly capacity: number;
  /** Who sent a request is written with those of others, and not on its span. */
  readonly identifies: boolean;
  add(span: SdkSpan, record: RequestRecord): void;
  /** What `add` would do, once it is known what the key will be; lets go of the record. */
  postponed(span: SdkSpan, record: RequestRecord): () => void;
  /** Nothing waits any longer for others. */
  send(): void;
}
