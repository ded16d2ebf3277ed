import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const PACKAGE = '@cerberus-otel/instrumentation';

/**
 * Where the set-up for an application is, as a file URL: near the file that is started, in the folder it is started
 * from, or beside the server. So an application's own copy comes first, and goes with its own OpenTelemetry.
 *
 * @param command what is started, such as `['node', 'app.js']`
 * @returns undefined when it is installed nowhere there
 */
export function findRegister(command: readonly string[], folder: string, own: string): string | undefined {
  const script = command
    .slice(1)
    .map((each) => resolve(folder, each))
    .find((each) => existsSync(each));
  const places = [...(script === undefined ? [] : [script]), join(folder, 'package.json'), own];
  for (const place of places) {
    try {
      return moduleOf(createRequire(place).resolve(`${PACKAGE}/package.json`));
    } catch {
      // Not from there.
    }
  }
  return undefined;
}

/** The file that `import` gets; `require.resolve` would give the one for `require`. */
function moduleOf(manifest: string): string {
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    readonly exports: { readonly './register': { readonly import: { readonly default: string } } };
  };
  return pathToFileURL(join(dirname(manifest), exports['./register'].import.default)).href;
}
