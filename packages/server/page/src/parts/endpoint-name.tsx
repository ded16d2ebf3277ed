import type { JSX } from 'preact';

import { useNarrowing } from '../page-context.ts';
import { Link } from './link.tsx';

interface EndpointNameProps {
  readonly method: string;
  readonly endpoint: string;
}

/** Method and route or path, as a link to the endpoint's view. A path may hold anything, so it is cut and isolated. */
export function EndpointName({ method, endpoint }: EndpointNameProps): JSX.Element {
  const { to } = useNarrowing();
  return (
    <Link class="endpoint" to={to({ method, endpoint }, { view: 'endpoint' })} title={endpoint.slice(0, 300)}>
      <span class="method">{method}</span> <bdi>{endpoint}</bdi>
    </Link>
  );
}
