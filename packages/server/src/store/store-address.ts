/** Where a database can be: several hosts of which one takes writes. */
export interface StoreAddress {
  /** A connection string for each host, in the order given. They hold the password, if there is one. */
  readonly urls: readonly string[];
  /** The hosts and the database, for messages: without user and password. */
  readonly name: string;
}

const URL_PARTS = /^(postgres(?:ql)?:\/\/)(?:([^@/?#]*)@)?([^@/?#]+)\/([^/?#]+)(\?[^#]*)?$/;
const HOST = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i;
const LAST_PORT = 65_535;

/**
 * Reads `postgres://user:password@host1:5432,host2/database?sslmode=verify-full`, which is libpq's form with several hosts.
 *
 * @returns `undefined` for anything else
 */
export function parseStoreUrl(text: string): StoreAddress | undefined {
  const [, scheme = '', user, hosts = '', database = '', query = ''] = URL_PARTS.exec(text) ?? [];
  const list = hosts.split(',');
  if (!list.every(isHost)) return undefined;
  const before = `${scheme}${user === undefined ? '' : `${user}@`}`;
  return {
    urls: list.map((host) => `${before}${host}/${database}${query}`),
    name: `${hosts}/${database}`,
  };
}

function isHost(text: string): boolean {
  const found = HOST.exec(text);
  return found !== null && Number(found[1] ?? 0) <= LAST_PORT;
}
