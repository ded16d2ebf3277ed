import { patchNaming } from '../routes/patching.ts';

/** A framework that knows routes, and what makes OpenTelemetry know them. */
export interface RoutingFramework {
  /** Its package. */
  readonly name: string;
  /** The package that names its routes. */
  readonly instrumentation: string;
  /** The class of that package to construct; undefined for a middleware. */
  readonly className?: string;
  /** What it is to be given. */
  readonly options?: object | undefined;
  /** The command that installs the package; undefined where it is installed. */
  readonly command: string | undefined;
  /** The same with the SDK that the package needs. */
  readonly commandWithSdk: string | undefined;
}

/** Who sets up: `register` with an SDK, which uses what is installed; code, which says what it uses; or either without an SDK. */
export type SetUpBy = 'register' | 'code' | 'nobody';

/** What to do to have the routes of a framework. Pure. */
export function routeAdvice(framework: RoutingFramework, by: SetUpBy): string {
  const { name, instrumentation, className, command, commandWithSdk } = framework;
  // A middleware needs no SDK.
  if (by === 'nobody' && className !== undefined) {
    const install = commandWithSdk === undefined ? '' : `run: ${commandWithSdk}, and `;
    const word = patchNaming(name);
    const patch =
      word === undefined ? '' : `. Or without one: CERBERUS_PATCH_ROUTES=${word} (docs/frameworks.md)`;
    return `${instrumentation} names them, with an SDK: ${install}start with \`register\` and CERBERUS_CAPTURE=otel (docs/capture.md)${patch}`;
  }
  if (by !== 'register') {
    const install = command === undefined ? '' : `Run: ${command} and then `;
    return sentence(`${install}${className === undefined ? middleware(framework) : addition(framework)}`);
  }
  // The middleware does what `register` does itself, and may know a version that this does not.
  if (className === undefined) return routeAdvice(framework, 'code');
  if (command !== undefined) return `Run: ${command} (register uses it from the next start on)`;
  return (
    `${instrumentation} is installed, so it does not know this version of ${name}, or ${name} was loaded before it or ` +
    'within a bundle'
  );
}

function addition({ instrumentation, className, options }: RoutingFramework): string {
  const given = Object.entries(options ?? {}).map(([option, value]) => `${option}: ${String(value)}`);
  const code = `new ${className ?? ''}(${given.length === 0 ? '' : `{ ${given.join(', ')} }`})`;
  return (
    `add \`${code}\` of ${instrumentation} to the instrumentations, before the application loads the framework (with ES ` +
    'modules, through the loader hook)'
  );
}

function middleware({ instrumentation }: RoutingFramework): string {
  return `put \`app.use(httpInstrumentationMiddleware())\` of ${instrumentation} before the application's routes`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
