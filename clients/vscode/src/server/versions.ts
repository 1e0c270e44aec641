/** Whether a server and this extension belong together. */

/** Returns the version in what `seealso --version` prints. */
export function versionIn(output: string): string | undefined {
  return /^seealso (\d+\.\d+\S*)\s*$/m.exec(output)?.[1];
}

/** Before 1.0 a new minor version may change anything, after that a new major one. */
export function belongTogether(server: string, extension: string): boolean {
  return line(server) === line(extension);
}

/** The requirement of pip for a server that belongs to an extension. */
export function requirementFor(extension: string): string {
  return `seealso~=${line(extension)}.0`;
}

function line(version: string): string {
  const [major, minor] = version.split('.');
  return major === '0' ? `0.${minor}` : `${major}`;
}
