import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { PersistentVolumeClaim, Pod } from 'kubernetes-types/core/v1.js';
import { parse, stringify } from 'yaml';
import { REPOSITORY } from '../matrix/examples/stage.js';
import { SYSTEM_MOUNTS } from './engine.js';

export const KUBERNETES = join(REPOSITORY, 'deploy/kubernetes');

export function manifest(file: string): unknown {
  return parse(readFileSync(join(KUBERNETES, file), 'utf8')) as unknown;
}

/**
 * The first pod of a stateful set and its claims, as its controller would make them, for an engine that plays pods. Without ports, which
 * that would open on this machine.
 *
 * @returns the manifests, and the name of the pod
 */
export function firstPod(
  { metadata, spec }: StatefulSet,
  image: string,
): { readonly yaml: string; readonly name: string } {
  const { template, volumeClaimTemplates = [] } = spec ?? ({} as never);
  const name = `${metadata?.name}-0`;
  const claims = volumeClaimTemplates.map((claim): PersistentVolumeClaim => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: `${claim.metadata?.name}-${name}` },
    ...(claim.spec === undefined ? {} : { spec: claim.spec }),
  }));
  const own = volumeClaimTemplates.map(({ metadata: claim }) => ({
    name: claim?.name ?? '',
    persistentVolumeClaim: { claimName: `${claim?.name}-${name}` },
  }));
  const system = [...SYSTEM_MOUNTS].map(([inside, outside], index) => ({
    inside,
    outside,
    name: `system-${index}`,
  }));
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...template.metadata },
    spec: {
      ...template.spec,
      containers: (template.spec?.containers ?? []).map(({ ports: _ports, ...container }) => ({
        ...container,
        image,
        volumeMounts: [
          ...(container.volumeMounts ?? []),
          ...system.map((each) => ({ name: each.name, mountPath: each.inside, readOnly: true })),
        ],
      })),
      volumes: [
        ...own,
        ...system.map((each) => ({ name: each.name, hostPath: { path: each.outside, type: 'Directory' } })),
      ],
    },
  };
  return { yaml: [...claims, pod].map((each) => stringify(each)).join('---\n'), name };
}
