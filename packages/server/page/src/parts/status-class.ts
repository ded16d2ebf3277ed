import type { StatusClass } from '../answers/overview.ts';

/** From the bottom of the stack to its top. */
export const STATUS_CLASSES: readonly StatusClass[] = ['2xx', '3xx', '4xx', '5xx', 'none'];

/** The class of a status code; 1xx never ends a request. */
export function statusClassOf(code: number | null | undefined): StatusClass {
  const found = STATUS_CLASSES.find((each) => each.startsWith(String(code ?? '').charAt(0)));
  return code === null || code === undefined || found === undefined ? 'none' : found;
}

/** The style-sheet class with its colour. */
export function statusColour(status: StatusClass): string {
  return `s-${status}`;
}
