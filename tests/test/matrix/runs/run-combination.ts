import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Combination } from './combinations.js';
import type { Finding } from '../probes/findings.js';
import type { Framework } from '../frameworks/framework.js';
import { installedVersion, installExample, installNode } from '../frameworks/installation.js';
import { setUpLight } from '../frameworks/light-set-up.js';
import { runExample } from './run-example.js';
import { placePackages, stage } from '../examples/stage.js';

/** What a run found, and what it ran on. */
export interface RunResult {
  readonly combination: Combination;
  readonly findings: readonly Finding[];
  /** The version of the framework; undefined for what is Node's own. */
  readonly version: string | undefined;
}

/** Installs what is missing, and runs an example once; that it does not run is a finding too. */
export async function runCombination(framework: Framework, combination: Combination): Promise<RunResult> {
  const { line, node, modules, capture, patched } = combination;
  const binary = await installNode(node);
  const installation = await installExample(framework, line);
  const version =
    framework.package === undefined ? undefined : await installedVersion(installation, framework.package);
  await placePackages(installation);
  const folder = join(installation, `app-${modules}`);
  await rm(folder, { recursive: true, force: true });
  try {
    const launch = await stage(framework.example, folder, modules, binary, framework.entry);
    if (capture !== 'standard') await setUpLight(framework.example, folder, modules, capture);
    await framework.prepare?.(launch);
    const env = patched ? { CERBERUS_PATCH_ROUTES: framework.patch ?? '' } : {};
    return { combination, version, findings: await runExample(framework, launch, combination, env) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { combination, version, findings: [{ aspect: 'event', probe: 'all', message }] };
  }
}
