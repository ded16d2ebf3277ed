import { inspect } from 'node:util';

import type { TokenOrigin } from './access/credentials.ts';

/** What may be shown of a running server. */
interface Presented {
  readonly url: string;
  readonly wsUrl: string;
  readonly port: number;
  readonly tokenOrigin: TokenOrigin;
}

/** What a log may show of a server, also of a copy of it. */
function presentable(this: Presented): object {
  const { url, wsUrl, port, tokenOrigin } = this;
  return { url, wsUrl, port, tokenOrigin };
}

/** Members by which `inspect` and JSON show no secret of a running server. */
export const PRESENTABLE: object = { toJSON: presentable, [inspect.custom]: presentable };
