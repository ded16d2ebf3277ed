import type { JSX } from 'preact';

import { nameParts } from '../endpoint-text.ts';
import { endpointChange } from '../filter/filter.ts';
import { useNarrowing } from '../page-context.ts';
import { Link } from './link.tsx';

interface EndpointNameProps {
  readonly method: string | null;
  readonly endpoint: string;
  /** The application whose endpoint it is, where another one may have the same. */
  readonly clientId?: string;
}

/** Method and route or path, as a link to the endpoint's view. A path may hold anything, so it is cut and isolated. */
export function EndpointName({ method, endpoint, clientId }: EndpointNameProps): JSX.Element {
  const { to } = useNarrowing();
  const { name, isInferred, isBucket } = nameParts(endpoint);
  return (
    <Link
      class="endpoint"
      to={to(endpointChange(method, endpoint), {
        view: 'endpoint',
        ...(clientId !== undefined && { clientId }),
      })}
      title={name.slice(0, 300)}
    >
      {method !== null && (
        <>
          <span class="method">{method}</span>{' '}
        </>
      )}
      <bdi class={isBucket ? 'bucket' : ''}>{name}</bdi>
      {isInferred && <small class="inferred"> inferred</small>}
    </Link>
  );
}
