import { keep, kept } from './kept.ts';

const KEY = 'cerberus-views';
/** More nobody finds again. The oldest gives way. */
const MAX_VIEWS = 50;
const MAX_CHARACTERS = 80;

/** A name for an address of the page. */
export interface SavedView {
  readonly name: string;
  /** The query, `?` included. */
  readonly search: string;
}

/** The views that were saved in this browser, the newest first. What is no list of them is as if it were not there. */
export function savedViews(): readonly SavedView[] {
  try {
    const value: unknown = JSON.parse(kept(KEY) ?? '[]');
    return Array.isArray(value) ? value.filter(isView) : [];
  } catch {
    return [];
  }
}

/** Saves an address under a name; another one of this name is replaced. @returns whether the browser keeps it */
export function saveView({ name, search }: SavedView): boolean {
  const saved = { name: nameFrom(name), search };
  const others = savedViews().filter((each) => each.name !== saved.name);
  return keep(KEY, JSON.stringify([saved, ...others].slice(0, MAX_VIEWS)));
}

/** Removes the view of a name. @returns whether the browser has forgotten it */
export function removeView(name: string): boolean {
  return keep(KEY, JSON.stringify(savedViews().filter((each) => each.name !== name)));
}

/** The name that a text gives. */
export function nameFrom(text: string): string {
  return text.trim().slice(0, MAX_CHARACTERS);
}

function isView(value: unknown): value is SavedView {
  const { name, search } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof name === 'string' && typeof search === 'string';
}
