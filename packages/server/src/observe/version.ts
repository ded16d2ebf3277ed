/** The version of this package, as in its package.json; a test keeps them the same. */
export const VERSION = '0.1.0';
