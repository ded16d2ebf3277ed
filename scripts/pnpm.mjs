/** The pnpm that everything here uses, run through npx; the lockfile is in its format. */
export const PNPM = 'pnpm@10.34.8';
