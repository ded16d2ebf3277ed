/** The reader's: numbers and dates are written in it, words are not. Outside of a browser there is none. */
export const LOCALE: string = typeof document === 'undefined' ? 'en-US' : navigator.language;
