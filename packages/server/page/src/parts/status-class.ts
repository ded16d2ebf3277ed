import type { StatusClass } from '../answers/overview.ts';

/** From the bottom of the stack to its top. */
export const STATUS_CLASSES: readonly StatusClass[] = ['2xx', '3xx', '4xx', '5xx', 'none'];

/** The class of a status code, as the server counts it; 1xx never ends a request. */
export function statusClassOf(code: number | null | undefined): StatusClass {
  const first = Math.min(5, Math.floor((code ?? 0) / 100));
  return STATUS_CLASSES.find((each) => each === `${first}xx`) ?? 'none';
}

/** The style-sheet class with its colour. */
export function statusColour(status: StatusClass): string {
  return `s-${status}`;
}
