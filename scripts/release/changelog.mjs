const UNRELEASED = '## [Unreleased]\n';

/**
 * What is unreleased becomes the section of a version. A version that has a section already stays as it is.
 *
 * @param date - of the release, as in `2026-11-29`
 * @throws Error where nothing is unreleased
 */
export function withVersion(text, version, date) {
  if (text.includes(`\n## [${version}]`)) return text;
  if (sectionOf(text, 'Unreleased') === '') throw new Error('CHANGELOG.md has nothing under [Unreleased]');
  return text.replace(UNRELEASED, `${UNRELEASED}\n## [${version}] - ${date}\n`);
}

/** What CHANGELOG.md says of a version, or else of what is unreleased, without its heading. */
export function notesOf(text, version) {
  return text.includes(`\n## [${version}]`) ? sectionOf(text, version) : sectionOf(text, 'Unreleased');
}

function sectionOf(text, name) {
  const start = text.indexOf(`\n## [${name}]`);
  if (start === -1) return '';
  const body = text.indexOf('\n', start + 1) + 1;
  const end = text.indexOf('\n## ', body);
  return text.slice(body, end === -1 ? undefined : end + 1).trim();
}
