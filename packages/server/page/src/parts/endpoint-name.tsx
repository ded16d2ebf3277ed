import type { JSX } from 'preact';

import { Link } from './link.tsx';

interface EndpointNameProps {
  readonly method: string;
  readonly endpoint: string;
}

/** Method and route or path, as a link to the endpoint's view. A path may hold anything, so it is cut and isolated. */
export function EndpointName({ method, endpoint }: EndpointNameProps): JSX.Element {
  return (
    <Link class="endpoint" to={{ view: 'endpoint', method, endpoint }} title={endpoint.slice(0, 300)}>
      <span class="method">{method}</span> <bdi>{endpoint}</bdi>
    </Link>
  );
}
