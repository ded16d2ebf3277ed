import { dirname, join, sep } from 'node:path';

const { readFileSync, realpathSync } = process.getBuiltinModule('node:fs');

/**
 * The `name` of the nearest package.json that has one: from the file that the process was started with, or from the working
 * directory where that file is a tool that was installed (`next start`, PM2) or there is none.
 *
 * @param entry `process.argv[1]`
 * @returns undefined when there is no such file, or it cannot be read
 */
export function nameOfApplication(entry: string | undefined = process.argv[1]): string | undefined {
  try {
    return nearestName(placeOf(entry) ?? process.cwd());
  } catch {
    // The working directory may be gone.
    return undefined;
  }
}

function placeOf(entry: string | undefined): string | undefined {
  if (entry === undefined || entry === '') return undefined;
  try {
    const real = realpathSync(entry);
    return real.includes(`${sep}node_modules${sep}`) ? undefined : dirname(real);
  } catch {
    return undefined;
  }
}

function nearestName(folder: string): string | undefined {
  const name = nameIn(join(folder, 'package.json'));
  const above = dirname(folder);
  return name ?? (above === folder ? undefined : nearestName(above));
}

function nameIn(file: string): string | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof content !== 'object' || content === null || !('name' in content)) return undefined;
    return typeof content.name === 'string' && content.name !== '' ? content.name : undefined;
  } catch {
    return undefined;
  }
}
