/** The reader's: numbers and dates are written in it, words are not. Outside of a browser there is none. */
export const LOCALE: string = typeof document === 'undefined' ? 'en-US' : localeOf(navigator.languages);

// uPlot takes what the browser says while it is loaded, and what is no language would end the page there.
if (typeof document !== 'undefined' && !isLanguage(navigator.language))
  Object.defineProperty(navigator, 'language', { value: LOCALE });

/** The first language that is one: a browser may say `en-US@posix`, `C` or nothing. */
function localeOf(languages: readonly string[]): string {
  return languages.find(isLanguage) ?? 'en-US';
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** The reader's; UTC where the browser knows none, or says so of one that is none. */
export const TIME_ZONE: string = timeZoneOf(new Intl.DateTimeFormat().resolvedOptions().timeZone);

function timeZoneOf(name: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name ?? 'UTC' }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
