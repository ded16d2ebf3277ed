import { isAbsolute, resolve } from 'node:path';
import { environmentText, invalid, type Environment, type OptionKind } from './option-reader.ts';

const { readFileSync } = process.getBuiltinModule('node:fs');

/** PEM text; in the environment the name of a file. */
export function pem(): OptionKind<string | Uint8Array | undefined> {
  return {
    fallback: undefined,
    fromEnv(file, name) {
      try {
        return readFileSync(file);
      } catch {
        return invalid(name, 'the name of a readable PEM file when it comes from the environment');
      }
    },
    parse(value, name) {
      const content =
        typeof value === 'string' ? value : value instanceof Uint8Array ? Buffer.from(value) : '';
      return content.includes('-----BEGIN ') ? content : invalid(name, 'PEM text');
    },
  };
}

/**
 * The file that an option of {@link pem} was read from, also for who reads it again from another working directory; `undefined` where
 * it is given in code, or not at all.
 */
export function pemFile(name: string, options: object, env: Environment): string | undefined {
  const file =
    (options as Record<string, unknown>)[name] === undefined ? environmentText(name, env) : undefined;
  return file === undefined ? undefined : resolve(file);
}

/** An absolute path; that it can be written to is tried when an exporter is made. */
export function folder(): OptionKind<string | undefined> {
  return {
    fallback: undefined,
    fromEnv: (value) => value,
    parse: (value, name) =>
      typeof value === 'string' && isAbsolute(value) ? value : invalid(name, 'the absolute path of a folder'),
  };
}
