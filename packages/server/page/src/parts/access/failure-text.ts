import type { ApiFailure } from '../../api.ts';

/** Why something was not done. */
export function failureText(failure: ApiFailure): string {
  if (failure.kind === 'unreachable') return 'The server does not answer.';
  if (failure.kind === 'signed_out') return 'You are signed out.';
  return `${failure.message}.`;
}
