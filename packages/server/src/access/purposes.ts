/** What a token may be for. */
export const PURPOSES = ['ingest', 'read', 'admin'] as const;

/** `ingest`: send events, and fetch the key of the hash. `read`: the page and what it reads. `admin`: also take everything away, and manage tokens. */
export type Purpose = (typeof PURPOSES)[number];

/** What a token is for; `all` is the server's own, which is as old as the server. */
export type HeldPurpose = Purpose | 'all';

const ALLOWED: Readonly<Record<HeldPurpose, readonly Purpose[]>> = {
  ingest: ['ingest'],
  read: ['read'],
  admin: ['read', 'admin'],
  all: PURPOSES,
};

/** Whether a token may be used for something. */
export function allows(held: HeldPurpose, needed: Purpose): boolean {
  return ALLOWED[held].includes(needed);
}

/** The purpose of that name. */
export function parsePurpose(value: unknown): Purpose | undefined {
  return PURPOSES.find((purpose) => purpose === value);
}
