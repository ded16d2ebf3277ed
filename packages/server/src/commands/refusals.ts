import { systemCodeOf } from '../errors.ts';
import { printable } from './terminal.ts';

/** Why nobody answers, as a code: a message may have an address in it. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (cause instanceof Error && cause.name === 'TimeoutError') return ': no answer in time';
  const code = systemCodeOf(cause);
  return code === undefined ? '' : `: ${code}`;
}

/** What a server says of why it refuses. */
export async function failureIn(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const isFailure = typeof body === 'object' && body !== null && 'error' in body;
  return isFailure && typeof body.error === 'string' ? `: ${printable(body.error.slice(0, 500))}` : '';
}
