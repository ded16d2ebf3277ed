import { NO_FILE, readAlertFile, type AlertFile } from './alerts/alert-file.ts';
import { Alerts } from './alerts/alerts.ts';
import { filterOfWords } from './api/query/filter.ts';
import type { Environment, ServerConfig } from './config.ts';
import type { Log } from './log.ts';
import type { Store } from './store/store.ts';

/** Reads the file of rules that a configuration names. @throws CerberusServerError `INVALID_OPTION` */
export function alertFileOf({ alerts: path }: ServerConfig, env: Environment): AlertFile {
  return path === undefined ? NO_FILE : readAlertFile(path, env, filterOfWords);
}

/** Makes the alerts of a server. @param token - the server's own */
export function alertsOf(
  { retentionDays, publicUrl }: ServerConfig,
  file: AlertFile,
  { documents, analytics }: Store,
  token: string,
  log: Log,
): Alerts {
  const kept = { documents, analytics, file };
  return new Alerts({ ...kept, parseFilter: filterOfWords, token, retentionDays, publicUrl, log });
}
