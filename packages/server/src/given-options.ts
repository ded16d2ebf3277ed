import { TEXT_OPTIONS, variableOf, type Environment, type ServerOptions } from './config.ts';
import { CerberusServerError } from './errors.ts';
import { NUMBER_RULES } from './number-options.ts';

/** Options that a variable may set. */
const VARIABLE = [...Object.keys(NUMBER_RULES), ...TEXT_OPTIONS, 'trustProxy', 'otlpTrustProxy'];
const KNOWN = [...VARIABLE, 'signIn', 'log'];
const SHOWN_CHARACTERS = 60;

/**
 * Looks at what was given in code, as far as the rules of the options do not: a name that is misspelt would leave out TLS, or keep events
 * for another time than was asked for. One without a value is as good as absent.
 *
 * @throws CerberusServerError `INVALID_OPTION`
 */
export function checkGiven(options: ServerOptions): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw invalid('the options must be an object');
  const values = options as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(values).filter((each) => !KNOWN.includes(each))) {
    if (values[name] === undefined) continue;
    const meant = KNOWN.find((each) => each.toLowerCase() === name.toLowerCase());
    const hint = meant === undefined ? `known are ${KNOWN.join(', ')}` : `did you mean ${meant}?`;
    throw invalid(`unknown option ${JSON.stringify(name.slice(0, SHOWN_CHARACTERS))}; ${hint}`);
  }
  const { log, store } = options;
  if (typeof (log ?? checkGiven) !== 'function') throw invalid('`log` must be a function');
  if (typeof store === 'object' && store !== null && !isStore(store))
    throw invalid(
      '`store` must be a URL, or a store: an object with `append`, `onCommit`, `close` and the others',
    );
}

/** Variables that the command reads, and no option. */
const OF_THE_COMMAND = ['config', 'logFormat'];

/** What Kubernetes writes in each pod beside a service called `cerberus-server`. */
const SERVICE_LINK = /_SERVICE_(?:HOST|PORT)|_PORT_\d+_/;

/** Variables that look like options of the server and are none: one that is misspelt changes nothing, and nobody would be told. */
export function unknownVariables(env: Environment): readonly string[] {
  const known = new Set([...VARIABLE, ...OF_THE_COMMAND].map((name) => variableOf(name)));
  return Object.keys(env).filter(
    (name) => name.startsWith(variableOf('')) && !known.has(name) && !SERVICE_LINK.test(name),
  );
}

function isStore(value: object): boolean {
  const { append, onCommit, close } = value as Readonly<Record<string, unknown>>;
  return [append, onCommit, close].every((member) => typeof member === 'function');
}

function invalid(message: string): CerberusServerError {
  return new CerberusServerError('INVALID_OPTION', message);
}
