/** What we, OpenTelemetry and the search for its packages read. */
const OURS = /^(?:CERBERUS|OTEL)_|^pm_exec_path$/;

/**
 * The environment of this process. PM2 gives the processes of its cluster mode the variables of the ecosystem file as JSON in
 * one variable, and sets them only after what is preloaded with `--import` or `--require` has run; they are set here before.
 */
export function processEnvironment(): NodeJS.ProcessEnv {
  const { env } = process;
  for (const [name, value] of Object.entries(ofPm2(env['pm2_env']))) {
    if (OURS.test(name) && value !== null && typeof value !== 'object') env[name] = String(value);
  }
  return env;
}

function ofPm2(json: string | undefined): object {
  if (json === undefined) return {};
  try {
    const variables: unknown = JSON.parse(json);
    return typeof variables === 'object' && variables !== null ? variables : {};
  } catch {
    return {};
  }
}
