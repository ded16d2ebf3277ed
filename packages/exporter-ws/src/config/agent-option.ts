import { given, type OptionKind } from './option-reader.ts';

/** The option `agent`. */
export function agentOption(): OptionKind<object | undefined> {
  return given('an http.Agent', isAgent);
}

/** As Node tells one; with any other object no connection ever comes to be. */
function isAgent(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    'addRequest' in value &&
    typeof value.addRequest === 'function'
  );
}
