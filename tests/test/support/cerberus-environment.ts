/** What an application needs in its environment to send to a backend of a test, at once. */
export function cerberusEnvironment(wsUrl: string): Record<string, string> {
  return {
    CERBERUS_WS_URL: wsUrl,
    CERBERUS_TOKEN: 't',
    CERBERUS_CLIENT_ID: 'c',
    CERBERUS_SECRET_KEY: 'k'.repeat(32),
    CERBERUS_FLUSH_INTERVAL_MILLIS: '10',
  };
}
