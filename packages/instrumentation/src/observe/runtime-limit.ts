/**
 * What is to be known where something else than Node.js runs the application; undefined where everything is as there. Bun
 * (tried: 1.4) loads modules past the hooks of OpenTelemetry, Node's own among them, and does not announce requests.
 */
export function runtimeLimit(
  versions: Readonly<Record<string, string | undefined>> = process.versions,
): string | undefined {
  if (versions['bun'] === undefined) return undefined;
  return (
    'Bun is not supported: OpenTelemetry sees none of the requests there, or all of them without their routes, as modules ' +
    'happen to be loaded. Run the application with Node.js (docs/frameworks.md, "Worker threads, Bun and Deno")'
  );
}
