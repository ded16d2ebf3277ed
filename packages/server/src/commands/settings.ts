import { isSet, TEXT_OPTIONS, variableOf, variableText, type Environment } from '../config.ts';
import { CerberusServerError } from '../errors.ts';
import { readJsonFile } from '../json-file.ts';
import { integerOf, NUMBER_RULES, textOfRule } from '../number-options.ts';
import { LOG_FORMATS, type LogFormat } from './command-log.ts';

const LOG_FORMAT_RULE = `must be one of ${LOG_FORMATS.join(', ')}`;

/**
 * The environment with what a configuration file says where no variable does. Its keys are the names of the options.
 *
 * @param path - of the file; `CERBERUS_SERVER_CONFIG` names it, too
 * @throws CerberusServerError `INVALID_OPTION`: the message names the option and the rule, never a value
 */
export function environmentWith(env: Environment, path: string | undefined): Environment {
  const file = path ?? variableText('config', env);
  if (file === undefined) return env;
  const set = Object.entries(env).filter(([name, value]) => isSet(name, value));
  return { ...variablesIn(file), ...Object.fromEntries(set) };
}

/** How the command logs. @throws CerberusServerError `INVALID_OPTION` */
export function logFormatOf(flag: string | undefined, env: Environment): LogFormat {
  const text = flag ?? variableText('logFormat', env) ?? 'text';
  const format = LOG_FORMATS.find((each) => each === text);
  if (format !== undefined) return format;
  throw invalid(`\`logFormat\` (${variableOf('logFormat')}) ${LOG_FORMAT_RULE}`);
}

function variablesIn(path: string): Environment {
  const value = readJsonFile(path, (reason) => invalid(`${path} cannot be read: ${reason}`));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${path} must hold a JSON object of options`);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [variableOf(name), asVariable(path, name, member)]),
  );
}

function asVariable(path: string, name: string, value: unknown): string {
  const rule = Object.hasOwn(NUMBER_RULES, name)
    ? NUMBER_RULES[name as keyof typeof NUMBER_RULES]
    : undefined;
  if (rule !== undefined) {
    const isInteger = typeof value === 'number' && Number.isSafeInteger(value);
    // Anything else is refused with the rule of the option, as a variable would be.
    if (isInteger && !Number.isNaN(integerOf(String(value)))) return String(value);
    throw invalid(`\`${name}\` in ${path} ${textOfRule(rule)}`);
  }
  // A number, a text, a list or false; what is none of these breaks the option's own rule.
  if (name === 'trustProxy' || name === 'otlpTrustProxy')
    return Array.isArray(value) ? value.join(',') : String(value);
  if (name !== 'logFormat' && !TEXT_OPTIONS.some((option) => option === name))
    throw invalid(`\`${name}\` in ${path} is no option that a file may set`);
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw invalid(`\`${name}\` in ${path} must be a text that is not empty`);
}

function invalid(message: string): CerberusServerError {
  return new CerberusServerError('INVALID_OPTION', message);
}
