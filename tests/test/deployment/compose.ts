import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { REPOSITORY } from '../matrix/examples/stage.js';

/** What a service of our compositions says; anything else fails the test that runs it. */
interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
}

/** Of the image, of the machine, and of the order in which services are started. */
const OF_NO_CONTAINER = new Set(['build', 'image', 'ports', 'restart', 'depends_on']);

export function composition(
  file: string,
  variables: Readonly<Record<string, string>>,
): Record<string, Service> {
  const text = readFileSync(join(REPOSITORY, file), 'utf8').replaceAll(
    /\$\{(\w+):\?[^}]*\}/g,
    (_, name: string) => {
      const value = variables[name];
      if (value === undefined) throw new Error(`${file} wants ${name}`);
      return value;
    },
  );
  return (parse(text) as { services: Record<string, Service> }).services;
}

/** Options of the engine that make of a container what a service is. */
export function optionsOf(service: Service): string[] {
  const { environment = {}, volumes = [], read_only, cap_drop = [], security_opt = [], ...rest } = service;
  const unknown = Object.keys(rest).filter((key) => !OF_NO_CONTAINER.has(key));
  if (unknown.length > 0) throw new Error(`nothing runs a service with ${unknown.join(', ')} here`);
  return [
    ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...volumes.flatMap((volume) => ['--volume', volume]),
    // Docker mounts no temporary folder for it, as this engine otherwise does.
    ...(read_only === true ? ['--read-only', '--read-only-tmpfs=false'] : []),
    ...cap_drop.map((name) => `--cap-drop=${name}`),
    ...security_opt.map((option) => `--security-opt=${option.replace(/:true$/, '')}`),
  ];
}
