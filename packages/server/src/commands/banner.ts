import type { CerberusServer } from '../server.ts';

/** What the banner has to know beside the server. */
export interface BannerFacts {
  readonly db: string;
  /** What is printed is not kept: neither a pipe nor a file, such as that of a service. */
  readonly isTerminal: boolean;
  /** Where a token that was given comes from: a flag, a variable, a file. */
  readonly given: string;
}

/**
 * What the command prints at start: where it listens, and the lines that make an application send to it. A token is
 * shown only at the start that made it up, and only to a terminal; otherwise, where it is.
 */
export function startBanner(
  server: Pick<CerberusServer, 'url' | 'wsUrl' | 'token' | 'tokenOrigin'>,
  facts: BannerFacts,
): string {
  const token = tokenText(server, facts);
  return [
    `Cerberus server listening on ${server.url}`,
    `  page       ${server.url}/`,
    `  events     ${server.wsUrl}`,
    `  database   ${facts.db}`,
    `  token      ${token.label}`,
    '',
    'Send to it from an application with:',
    '',
    `  export CERBERUS_WS_URL=${server.wsUrl}`,
    `  export CERBERUS_TOKEN=${token.shell}`,
    '  export CERBERUS_CLIENT_ID=my-app',
    `  export CERBERUS_BACKEND_URL=${server.url}`,
    '',
  ].join('\n');
}

interface TokenText {
  /** For people. */
  readonly label: string;
  /** For a shell. */
  readonly shell: string;
}

function tokenText(
  { token, tokenOrigin }: Pick<CerberusServer, 'token' | 'tokenOrigin'>,
  { isTerminal, given }: BannerFacts,
): TokenText {
  if (tokenOrigin.kind === 'given') {
    const isVariable = given === 'CERBERUS_SERVER_TOKEN';
    return { label: `as given in ${given}`, shell: isVariable ? `"$${given}"` : `'the one in ${given}'` };
  }
  const isNew = tokenOrigin.kind === 'memory' || tokenOrigin.isNew;
  if (isNew && isTerminal) return { label: token, shell: token };
  return tokenOrigin.kind === 'file'
    ? { label: `in ${tokenOrigin.path}`, shell: `"$(cat ${quoted(tokenOrigin.path)})"` }
    : {
        label: 'made up, kept nowhere and shown on a terminal only: set CERBERUS_SERVER_TOKEN',
        shell: "'the one in CERBERUS_SERVER_TOKEN'",
      };
}

function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
