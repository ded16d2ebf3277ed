/** Longer ones are no user agent's own words. */
const MAX_CHARACTERS = 512;

/** Monitors, probes and browsers under remote control, by the names that their makers document. */
const TEST =
  /alwayson|applicationinsights|better uptime|catchpoint|checkly|cloudwatchsynthetics|cypress|datadog|elb-healthchecker|googlehc|stackdriver|headlesschrome|health-check|kube-probe|newrelicpinger|phantomjs|pingdom|playwright|puppeteer|site24x7|statuscake|synthetic|uptime/i;

/** Crawlers and what fetches previews of links. `bot` at the end of a word, but not the telephones of Cubot. */
const BOT =
  /(?<!cu)bot(?![a-z])|crawl|spider|slurp|facebookexternalhit|ia_archiver|mediapartners-google|google-(?:extended|inspectiontool|read-aloud)|bingpreview|embedly|whatsapp\/|archive\.org/i;

/**
 * Whether a request says that it comes from a bot or from a test (`user_agent.synthetic.type` of OpenTelemetry's semantic
 * conventions). Decided here, so that the user agent itself need not leave. Libraries, such as curl, are neither: they are what APIs are
 * for.
 *
 * @returns undefined for all others, and for none
 */
export function syntheticTypeOf(userAgent: string | undefined): 'bot' | 'test' | undefined {
  if (userAgent === undefined || userAgent === '') return undefined;
  const text = userAgent.length > MAX_CHARACTERS ? userAgent.slice(0, MAX_CHARACTERS) : userAgent;
  if (TEST.test(text)) return 'test';
  return BOT.test(text) ? 'bot' : undefined;
}
