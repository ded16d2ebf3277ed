import { API, BUNDLE, INSTRUMENTATIONS, SDK } from './instrumentations.ts';
import { installedVersion, minorOf } from './installed.ts';
import { placesToLook } from './sdk-loader.ts';

/** The oldest that SDK 3 runs on. */
const NODE_OF_SDK_3 = [22, 15] as const;

/** What belongs to SDK 2; later versions want SDK 3 and another API, and npm refuses to install both. */
const VERSIONS_FOR_SDK_2: ReadonlyMap<string, string> = new Map([
  [API, '1.9'],
  [SDK, '0.223'],
  ['@opentelemetry/instrumentation', '0.223'],
  [BUNDLE, '0.81'],
  ...INSTRUMENTATIONS.flatMap(({ name, forSdk2 }) =>
    forSdk2 === undefined ? [] : [[name, forSdk2] as const],
  ),
]);

/** What to type to have these packages, in versions that go with the SDK that is installed, or with each other. */
export function installCommand(
  packages: readonly string[],
  places: readonly string[] = placesToLook(),
): string {
  const api = installedVersion(API, places);
  if (takesSdk3(places, api)) return commandOf(packages);
  // npm installs the newest API by itself where a package asks for any; said with the others, it changes that.
  const all =
    api !== undefined && minorOf(api) > 9 && !packages.includes(API) ? [API, ...packages] : packages;
  return commandOf(
    all.map((name) => {
      const version = VERSIONS_FOR_SDK_2.get(name);
      return version === undefined ? name : `${name}@${version}`;
    }),
  );
}

/** What is installed decides; where that is nothing, what the newest packages need. */
function takesSdk3(places: readonly string[], api: string | undefined): boolean {
  const sdk = installedVersion(SDK, places);
  if (sdk !== undefined) return minorOf(sdk) >= 300;
  return api !== undefined && minorOf(api) > 9 && isSinceNodeOfSdk3(process.versions.node);
}

function isSinceNodeOfSdk3(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NODE_OF_SDK_3[0] || (major === NODE_OF_SDK_3[0] && minor >= NODE_OF_SDK_3[1]);
}

function commandOf(packages: readonly string[]): string {
  return `npm install ${packages.join(' ')}`;
}
